/**
 * Reads and writes PNG and JPEG as tensors.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import jpeg from "jpeg-js";
// @ts-types="@types/pngjs"
import { PNG } from "pngjs";

/** A picture as a tensor: float32, NCHW, 0 is black and 1 is white. */
export interface ImageTensor {
  /** `[1, channels, height, width]`, with 1 (grey) or 3 (RGB) channels. */
  readonly shape: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/** The picture formats that can be read and written. */
export type ImageKind = "png" | "jpeg";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly data: Uint8Array;
}

const SIGNATURES: Readonly<Record<ImageKind, readonly number[]>> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  jpeg: [0xff, 0xd8, 0xff],
};
const JPEG_QUALITY = 95;
const JPEG_MAX_SIDE = 65_535;
/** Room for a photograph of 100 megapixels, the decoder's other limit. */
const JPEG_MAX_MEGABYTES = 4096;

/** The format that the bytes begin as, or undefined for any other. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const kinds = Object.keys(SIGNATURES) as ImageKind[];
  return kinds.find((kind) =>
    SIGNATURES[kind].every((byte, at) => bytes[at] === byte)
  );
}

/**
 * The picture in a PNG or JPEG file, shape `[1, 3, height, width]`, values
 * 0 to 1.
 *
 * Grey and palette pictures become RGB. Transparent pixels are laid over white,
 * as on a page. Samples are taken as they are stored: no colour profile, gamma
 * or EXIF rotation is applied. `from` names the bytes in error messages.
 *
 * @throws {TypeError} for another kind of file
 * @throws {RangeError} for a broken file
 */
export function decodeImage(
  bytes: Uint8Array,
  from = "the image",
): ImageTensor {
  const kind = imageKind(bytes);
  if (kind === undefined) {
    throw new TypeError(
      `Cannot read ${from}: it begins as neither PNG nor JPEG does`,
    );
  }
  try {
    return toTensor(kind === "png" ? decodePng(bytes) : decodeJpeg(bytes));
  } catch (error) {
    throw new RangeError(
      `Cannot read ${from} as ${kind.toUpperCase()}: ` +
        (error as Error).message,
      { cause: error },
    );
  }
}

/**
 * The bytes of a PNG or JPEG file of a tensor of shape
 * `[1, 1 or 3, height, width]`: values below 0 and NaN become black, values
 * above 1 white.
 *
 * @throws {RangeError} for another shape
 */
export function encodeImage(
  tensor: ImageTensor,
  kind: ImageKind,
): Uint8Array {
  const action = `write a picture as ${kind.toUpperCase()}`;
  checkImage(tensor, action);
  const pixels = toPixels(tensor);
  if (
    kind === "jpeg" && Math.max(pixels.height, pixels.width) > JPEG_MAX_SIDE
  ) {
    throw new RangeError(
      `Cannot ${action}: it has ${pixels.height}×${pixels.width} pixels, ` +
        `at most ${JPEG_MAX_SIDE} on each side are needed`,
    );
  }
  const data = Buffer.from(pixels.data.buffer);
  if (kind === "jpeg") {
    return jpeg.encode({ ...pixels, data }, JPEG_QUALITY).data;
  }
  const png = new PNG({ width: pixels.width, height: pixels.height });
  png.data = data;
  const colorType = tensor.shape[1] === 1 ? 0 : 2;
  return PNG.sync.write(png, { colorType });
}

/**
 * Throws unless the tensor is a picture of at least one pixel; `action` is what
 * cannot be done otherwise.
 *
 * @throws {RangeError} for another shape or a wrong number of values
 */
export function checkImage(tensor: ImageTensor, action: string): void {
  const { shape, data } = tensor;
  checkImageShape(shape, action);
  const [, channels, height, width] = shape;
  const needed = channels * height * width;
  if (data.length !== needed) {
    throw new RangeError(
      `Cannot ${action}: there are ${data.length} values, ` +
        `shape ${shape.join("×")} needs ${needed}`,
    );
  }
}

/**
 * Throws unless the shape is that of a picture of at least one pixel; `action`
 * is what cannot be done otherwise.
 *
 * @throws {RangeError} for another shape
 */
export function checkImageShape(
  shape: readonly number[],
  action: string,
): void {
  const [batch, channels, height, width] = shape;
  const fits = shape.length === 4 && batch === 1 &&
    (channels === 1 || channels === 3) && height > 0 && width > 0;
  if (fits) return;
  throw new RangeError(
    `Cannot ${action}: the shape is ${shape.join("×")}, ` +
      "1×1×height×width or 1×3×height×width is needed",
  );
}

function decodePng(bytes: Uint8Array): Pixels {
  return PNG.sync.read(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
}

function decodeJpeg(bytes: Uint8Array): Pixels {
  return jpeg.decode(bytes, {
    useTArray: true,
    tolerantDecoding: false,
    maxMemoryUsageInMB: JPEG_MAX_MEGABYTES,
  });
}

function toTensor(pixels: Pixels): ImageTensor {
  const { width, height, data: rgba } = pixels;
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < plane; at++) {
      const alpha = rgba[4 * at + 3];
      const overWhite = rgba[4 * at + channel] * alpha + 255 * (255 - alpha);
      data[channel * plane + at] = overWhite / (255 * 255);
    }
  }
  return { shape: [1, 3, height, width], data };
}

function toPixels(
  tensor: ImageTensor,
): Pixels & { data: Uint8Array<ArrayBuffer> } {
  const [, channels, height, width] = tensor.shape;
  const plane = width * height;
  const data = new Uint8Array(4 * plane).fill(255);
  for (let channel = 0; channel < 3; channel++) {
    const start = channels === 1 ? 0 : channel * plane;
    for (let at = 0; at < plane; at++) {
      const clamped = Math.min(Math.max(tensor.data[start + at], 0), 1);
      data[4 * at + channel] = Math.round(255 * clamped);
    }
  }
  return { width, height, data };
}
