import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { decodeNpy, encodeNpy, isNpy } from "./npy.ts";

interface Parts {
  descr?: string;
  order?: string;
  shape?: string;
  header?: string;
  version?: [number, number];
  data?: ArrayBufferView;
}

/** A `.npy` file made by hand, with any part replaced by a wrong one. */
function npyFile(parts: Parts): Uint8Array {
  const { descr = "'<f4'", order = "False", shape = "(2,)" } = parts;
  const header = new TextEncoder().encode(
    parts.header ??
      `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`,
  );
  const [major, minor] = parts.version ?? [1, 0];
  const length = [header.length & 0xff, header.length >> 8];
  if (major > 1) length.push(0, 0);
  const data = parts.data ?? Float32Array.of(1, 2);
  return Uint8Array.of(
    ...[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, minor, ...length],
    ...header,
    ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
}

Deno.test("decodeNpy() reads float32 of version 1.0 and 2.0", () => {
  for (const version of [[1, 0], [2, 0]] as [number, number][]) {
    const { shape, data } = decodeNpy(npyFile({ version }));
    assertEquals(shape, [2]);
    assertEquals(data, Float32Array.of(1, 2));
  }
});

Deno.test("decodeNpy() takes keys in any order and double quotes", () => {
  const header = `{"shape": (1, 2), "fortran_order": False, "descr": "<f4"}`;
  assertEquals(decodeNpy(npyFile({ header })).shape, [1, 2]);
});

Deno.test("decodeNpy() reads a single number, an empty axis, a Buffer and a view", () => {
  const one = npyFile({ shape: "()", data: Float32Array.of(5) });
  assertEquals(decodeNpy(one), { shape: [], data: Float32Array.of(5) });
  const none = npyFile({ shape: "(3, 0)", data: new Float32Array(0) });
  assertEquals(decodeNpy(none), { shape: [3, 0], data: new Float32Array(0) });
  const buffer = Buffer.from(npyFile({}));
  assertEquals(decodeNpy(buffer).data, Float32Array.of(1, 2));
  const shifted = Uint8Array.of(1, 2, 3, ...npyFile({})).subarray(3);
  assertEquals(decodeNpy(shifted).data, Float32Array.of(1, 2));
});

Deno.test("decodeNpy() makes int32 of integer dtypes", () => {
  const files = [
    npyFile({ descr: "'<i4'", data: Int32Array.of(-7, 200) }),
    npyFile({ descr: "'<i8'", data: BigInt64Array.of(-7n, 200n) }),
  ];
  for (const file of files) {
    assertEquals(decodeNpy(file).data, Int32Array.of(-7, 200));
  }
  const bytes = npyFile({ descr: "'|u1'", data: Uint8Array.of(0, 255) });
  assertEquals(decodeNpy(bytes).data, Int32Array.of(0, 255));
});

Deno.test("decodeNpy() rounds float64 and keeps NaN and infinities", () => {
  const data = Float64Array.of(0.1, NaN, Infinity, -Infinity);
  const read = decodeNpy(npyFile({ descr: "'<f8'", shape: "(4,)", data })).data;
  assertInstanceOf(read, Float32Array);
  assertAlmostEquals(read[0], 0.1, 1e-8);
  assertEquals([...read.slice(1)], [NaN, Infinity, -Infinity]);
});

Deno.test("decodeNpy() refuses values that do not fit", () => {
  const wide = npyFile({ descr: "'<f8'", data: Float64Array.of(1, -1e39) });
  assertThrows(() => decodeNpy(wide), RangeError, "holds -1e+39");
  for (const value of [2n ** 31n, -(2n ** 31n) - 1n]) {
    const long = npyFile({ descr: "'<i8'", data: BigInt64Array.of(0n, value) });
    assertThrows(() => decodeNpy(long), RangeError, `holds ${value}`);
  }
});

Deno.test("decodeNpy() refuses what it does not support", () => {
  const cases: [Uint8Array, string][] = [
    [npyFile({ order: "True" }), "Fortran order"],
    [npyFile({ descr: "'>f4'" }), "dtype >f4, one of <f4"],
    [npyFile({ descr: "[('a', '<f4'), ('b', '<i4')]" }), "dtype [("],
    [npyFile({ descr: "'toString'" }), "dtype toString"],
    [npyFile({ version: [3, 0] }), "version 3.0"],
    [npyFile({ version: [1, 1] }), "version 1.1"],
    [new TextEncoder().encode("hello"), "does not begin with"],
    [new Uint8Array(0), "does not begin with"],
  ];
  for (const [file, reason] of cases) {
    assertThrows(() => decodeNpy(file), TypeError, reason);
  }
});

Deno.test("decodeNpy() refuses malformed headers", () => {
  const cases: [Parts, string][] = [
    [{ header: "" }, "Python dictionary"],
    [{ header: "{}" }, "Python dictionary"],
    [{ header: "{'descr': '<f4'} trailing" }, "Python dictionary"],
    [{ header: "{'descr': '<f4' 'shape': (2,)}" }, "Python dictionary"],
    [{ header: "{'descr': '<f4', 'shape': (2,)}" }, "keys descr, shape"],
    [{ order: "0" }, "fortran_order is 0"],
    [{ shape: "(2)" }, "shape is (2)"],
    [{ shape: "(-2,)" }, "shape is (-2,)"],
    [{ shape: "(2.0,)" }, "shape is (2.0,)"],
    [{ shape: "2" }, "shape is 2"],
  ];
  for (const [parts, reason] of cases) {
    assertThrows(() => decodeNpy(npyFile(parts)), RangeError, reason);
  }
});

Deno.test("decodeNpy() refuses every cut file and trailing bytes", () => {
  const file = npyFile({});
  for (let length = 6; length < file.length; length++) {
    assertThrows(() => decodeNpy(file.subarray(0, length)), RangeError);
  }
  assertThrows(
    () => decodeNpy(Uint8Array.of(...file, 0), "x.npy"),
    RangeError,
    "Cannot read x.npy: 9 bytes follow the header, <f4 of shape (2,) needs 8",
  );
});

Deno.test("encodeNpy() writes the documented bytes", () => {
  const bytes = encodeNpy({ shape: [2, 1], data: Int32Array.of(1, -1) });
  assert(isNpy(bytes));
  assertEquals([...bytes.subarray(6, 10)], [1, 0, 118, 0]);
  const header = new TextDecoder().decode(bytes.subarray(10, 128));
  assertEquals(
    header.trimEnd(),
    "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1), }",
  );
  assert(header.endsWith(" \n"));
  assertEquals([...bytes.subarray(128)], [1, 0, 0, 0, 255, 255, 255, 255]);
});

Deno.test("encodeNpy() keeps every bit, for any rank", () => {
  const data = Float32Array.of(-0, NaN, Infinity, 1e-45, 3.5, -2);
  for (const shape of [[6], [1, 2, 3], [6, 1, 1, 1, 1]]) {
    assertEquals(decodeNpy(encodeNpy({ shape, data })), { shape, data });
  }
  const part = data.subarray(4);
  assertEquals(decodeNpy(encodeNpy({ shape: [2], data: part })).data, part);
  const single = { shape: [], data: Int32Array.of(9) };
  assertEquals(decodeNpy(encodeNpy(single)), single);
});

Deno.test("encodeNpy() refuses a shape that does not fit the values", () => {
  assertThrows(
    () => encodeNpy({ shape: [2, 2], data: new Float32Array(3) }),
    RangeError,
    "Cannot write 3 values as shape (2, 2): it needs 4",
  );
});
