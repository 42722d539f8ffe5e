/**
 * Reads and writes `.npy` files, the arrays of NumPy.
 *
 * @module
 */
/** An array of a `.npy` file, row-major. */
export interface NpyArray {
  /** The length of each axis; empty for a single number. */
  readonly shape: readonly number[];
  /** The values, last axis fastest. */
  readonly data: Float32Array | Int32Array;
}

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];
const ALIGNMENT = 64;

interface Dtype {
  readonly bytes: number;
  read(buffer: ArrayBuffer): Float32Array | Int32Array;
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  "<f4": { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  "<f8": { bytes: 8, read: (buffer) => narrowFloats(new Float64Array(buffer)) },
  "<i4": { bytes: 4, read: (buffer) => new Int32Array(buffer) },
  "<i8": { bytes: 8, read: (buffer) => narrowInts(new BigInt64Array(buffer)) },
  "|u1": {
    bytes: 1,
    read: (buffer) => Int32Array.from(new Uint8Array(buffer)),
  },
};

/** Whether the bytes begin as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/**
 * The array of a `.npy` file, format version 1.0 or 2.0, in C order.
 *
 * Floating-point dtypes (`<f4`, `<f8`) become float32, rounded to nearest;
 * integer dtypes (`<i4`, `<i8`, `|u1`) become int32. `from` names the bytes in
 * error messages.
 *
 * @throws {TypeError} for another kind of file, dtype, order or version
 * @throws {RangeError} for a malformed or cut file, and for a finite value that
 * float32 or int32 cannot hold
 */
export function decodeNpy(
  bytes: Uint8Array,
  from = "the .npy data",
): NpyArray {
  try {
    const { header, dataStart } = splitHeader(bytes);
    const { dtype, descr, shape } = parseHeader(header);
    const given = bytes.length - dataStart;
    const needed = countElements(shape) * dtype.bytes;
    if (given !== needed) {
      throw new RangeError(
        `${given} bytes follow the header, ` +
          `${descr} of shape ${formatShape(shape)} needs ${needed}`,
      );
    }
    // A copy is aligned whatever the header's length; slice() would be none,
    // were the bytes a Node Buffer.
    const data = new Uint8Array(bytes.subarray(dataStart));
    return { shape, data: dtype.read(data.buffer) };
  } catch (error) {
    const Kind = error instanceof TypeError ? TypeError : RangeError;
    const reason = (error as Error).message;
    throw new Kind(`Cannot read ${from}: ${reason}`, { cause: error });
  }
}

/**
 * The bytes of a `.npy` file, format version 1.0: `<f4` or `<i4`, C order.
 *
 * @throws {RangeError} if the shape does not fit the number of values
 */
export function encodeNpy(array: NpyArray): Uint8Array<ArrayBuffer> {
  const { shape, data } = array;
  if (countElements(shape) !== data.length) {
    throw new RangeError(
      `Cannot write ${data.length} values as shape ${formatShape(shape)}: ` +
        `it needs ${countElements(shape)}`,
    );
  }
  const descr = data instanceof Float32Array ? "<f4" : "<i4";
  const text = `{'descr': '${descr}', 'fortran_order': False, ` +
    `'shape': ${formatShape(shape)}, }`;
  const prefix = MAGIC.length + 4;
  const dataStart = Math.ceil((prefix + text.length + 1) / ALIGNMENT) *
    ALIGNMENT;
  const headerLength = dataStart - prefix;
  const bytes = new Uint8Array(dataStart + data.byteLength);
  bytes.set(MAGIC);
  bytes.set([1, 0, headerLength & 0xff, headerLength >> 8], MAGIC.length);
  const header = text.padEnd(headerLength - 1) + "\n";
  bytes.set(new TextEncoder().encode(header), prefix);
  bytes.set(
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    dataStart,
  );
  return bytes;
}

function splitHeader(
  bytes: Uint8Array,
): { header: string; dataStart: number } {
  if (!isNpy(bytes)) {
    throw new TypeError("it does not begin with \\x93NUMPY as .npy files do");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [major, minor] = bytes.subarray(MAGIC.length);
  if (minor !== undefined && (minor !== 0 || (major !== 1 && major !== 2))) {
    throw new TypeError(
      `it has format version ${major}.${minor}, 1.0 or 2.0 is needed`,
    );
  }
  const lengthStart = MAGIC.length + 2;
  const headerStart = lengthStart + (major === 1 ? 2 : 4);
  if (bytes.length < headerStart) {
    throw new RangeError(
      `it ends after ${bytes.length} bytes, inside the header's length`,
    );
  }
  const length = major === 1
    ? view.getUint16(lengthStart, true)
    : view.getUint32(lengthStart, true);
  const dataStart = headerStart + length;
  if (bytes.length < dataStart) {
    throw new RangeError(
      `it ends after ${bytes.length} bytes, the header alone needs ${dataStart}`,
    );
  }
  const header = new TextDecoder("latin1").decode(
    bytes.subarray(headerStart, dataStart),
  );
  return { header, dataStart };
}

function parseHeader(
  header: string,
): { dtype: Dtype; descr: string; shape: number[] } {
  const fields = parseDict(header);
  const descr = fields.get("descr")?.replace(/^(['"])(.*)\1$/, "$2");
  const order = fields.get("fortran_order");
  const shape = fields.get("shape");
  if (descr === undefined || order === undefined || shape === undefined) {
    throw new RangeError(
      `its header has the keys ${[...fields.keys()].join(", ")}; ` +
        "descr, fortran_order and shape are needed",
    );
  }
  if (!Object.hasOwn(DTYPES, descr)) {
    throw new TypeError(
      `it has dtype ${descr}, one of ${
        Object.keys(DTYPES).join(", ")
      } is needed`,
    );
  }
  if (order === "True") {
    throw new TypeError(
      "it is in Fortran order (column-major), C order is needed",
    );
  }
  if (order !== "False") {
    throw new RangeError(
      `its fortran_order is ${order}, True or False is needed`,
    );
  }
  if (!/^\(\s*((\d+\s*,\s*)+(\d+\s*)?)?\)$/.test(shape)) {
    throw new RangeError(
      `its shape is ${shape}, a tuple such as (2, 3) is needed`,
    );
  }
  const axes = (shape.match(/\d+/g) ?? []).map(Number);
  return { dtype: DTYPES[descr], descr, shape: axes };
}

/** The entries of a one-level Python dictionary, values as they are written. */
function parseDict(text: string): Map<string, string> {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  const entry =
    /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|\w+|\([^()]*\)|\[.*\])\s*(?:,\s*|$)/sy;
  const fields = new Map<string, string>();
  let end = 0;
  while (body !== undefined && end < body.length) {
    const match = entry.exec(body);
    if (match === null) break;
    fields.set(match[2], match[3]);
    end = entry.lastIndex;
  }
  if (body === undefined || end < body.length || fields.size === 0) {
    throw new RangeError(
      `its header is ${JSON.stringify(text.trim().slice(0, 80))}, ` +
        "a Python dictionary is needed",
    );
  }
  return fields;
}

function narrowFloats(values: Float64Array): Float32Array {
  return Float32Array.from(values, (value) => {
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw new RangeError(`it holds ${value}, which float32 cannot hold`);
    }
    return value;
  });
}

function narrowInts(values: BigInt64Array): Int32Array {
  const narrow = new Int32Array(values.length);
  values.forEach((value, at) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw new RangeError(`it holds ${value}, which int32 cannot hold`);
    }
    narrow[at] = Number(value);
  });
  return narrow;
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function formatShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
