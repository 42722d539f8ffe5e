import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { deflateSync } from "node:zlib";
import {
  decodeImage,
  encodeImage,
  imageKind,
  type ImageTensor,
} from "./image.ts";

interface PngParts {
  width: number;
  height: number;
  depth: number;
  colorType: number;
  /** Scanlines, each after its filter byte. */
  rows: number[];
  palette?: number[];
  transparency?: number[];
}

/** A PNG file made chunk by chunk. */
function pngFile(parts: PngParts): Uint8Array {
  const { width, height, depth, colorType } = parts;
  const header = [0, 0, 0, width, 0, 0, 0, height, depth, colorType, 0, 0, 0];
  return Uint8Array.of(
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...pngChunk("IHDR", header),
    ...(parts.palette ? pngChunk("PLTE", parts.palette) : []),
    ...(parts.transparency ? pngChunk("tRNS", parts.transparency) : []),
    ...pngChunk("IDAT", [...deflateSync(Uint8Array.from(parts.rows))]),
    ...pngChunk("IEND", []),
  );
}

function pngChunk(type: string, data: number[]): number[] {
  const body = [...new TextEncoder().encode(type), ...data];
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))];
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

function crc32(bytes: number[]): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc;
}

function bytesOf(tensor: ImageTensor): number[] {
  return Array.from(tensor.data, (value) => Math.round(255 * value));
}

function gradient(
  channels: number,
  height: number,
  width: number,
): ImageTensor {
  const plane = height * width;
  const data = Float32Array.from(
    { length: channels * plane },
    (_, at) => (at % plane) / plane,
  );
  return { shape: [1, channels, height, width], data };
}

Deno.test("decodeImage() reads RGB as planes of 0 to 1", () => {
  const file = pngFile({
    width: 2,
    height: 1,
    depth: 8,
    colorType: 2,
    rows: [0, 255, 0, 51, 0, 102, 204],
  });
  const tensor = decodeImage(file);
  assertEquals(tensor.shape, [1, 3, 1, 2]);
  assertEquals(
    tensor.data,
    Float32Array.of(1, 0, 0, 102 / 255, 51 / 255, 204 / 255),
  );
});

Deno.test("decodeImage() reads grey as RGB", () => {
  const file = pngFile({
    width: 2,
    height: 2,
    depth: 8,
    colorType: 0,
    rows: [0, 10, 20, 0, 30, 40],
  });
  const plane = [10, 20, 30, 40];
  assertEquals(bytesOf(decodeImage(file)), [...plane, ...plane, ...plane]);
});

Deno.test("decodeImage() looks colours up in a palette", () => {
  const file = pngFile({
    width: 2,
    height: 1,
    depth: 1,
    colorType: 3,
    palette: [1, 2, 3, 4, 5, 6],
    rows: [0, 0b0100_0000],
  });
  assertEquals(bytesOf(decodeImage(file)), [1, 4, 2, 5, 3, 6]);
});

Deno.test("decodeImage() lays transparent pixels over white", () => {
  const rgba = pngFile({
    width: 3,
    height: 1,
    depth: 8,
    colorType: 6,
    rows: [0, 0, 0, 0, 0, 0, 0, 0, 51, 9, 8, 7, 255],
  });
  assertEquals(
    bytesOf(decodeImage(rgba)),
    [255, 204, 9, 255, 204, 8, 255, 204, 7],
  );
  const palette = pngFile({
    width: 1,
    height: 1,
    depth: 8,
    colorType: 3,
    palette: [1, 2, 3],
    transparency: [0],
    rows: [0, 0],
  });
  assertEquals(bytesOf(decodeImage(palette)), [255, 255, 255]);
});

Deno.test("PNG keeps every byte of an RGB or grey picture", () => {
  for (const channels of [1, 3]) {
    const data = Float32Array.from(
      { length: channels * 256 },
      (_, at) => (at * 7 % 256) / 255,
    );
    const tensor = { shape: [1, channels, 16, 16], data };
    const file = encodeImage(tensor, "png");
    assertEquals(imageKind(file), "png");
    const colorType = file[25];
    assertEquals(colorType, channels === 1 ? 0 : 2);
    const back = decodeImage(file);
    assertEquals(back.shape, [1, 3, 16, 16]);
    assertEquals(back.data.subarray(0, data.length), data);
  }
});

Deno.test("JPEG keeps a smooth picture within 2 percent", () => {
  for (const channels of [1, 3]) {
    const tensor = gradient(channels, 24, 40);
    const file = encodeImage(tensor, "jpeg");
    assertEquals(imageKind(file), "jpeg");
    const back = decodeImage(file);
    assertEquals(back.shape, [1, 3, 24, 40]);
    tensor.data.forEach((value, at) => {
      assertLess(Math.abs(back.data[at] - value), 0.02);
    });
  }
});

Deno.test("encodeImage() clamps, and NaN becomes black", () => {
  const data = Float32Array.of(-0.5, 2, NaN, -Infinity, Infinity, 0.5);
  const file = encodeImage({ shape: [1, 1, 2, 3], data }, "png");
  assertEquals(bytesOf(decodeImage(file)).slice(0, 6), [
    0,
    255,
    0,
    0,
    255,
    128,
  ]);
});

Deno.test("encodeImage() refuses what is no picture", () => {
  const shapes = [[1, 2, 2, 2], [1, 4, 2, 2], [2, 3, 2, 2], [3, 2, 2], [
    1,
    3,
    0,
    2,
  ]];
  for (const shape of shapes) {
    const data = new Float32Array(shape.reduce((a, b) => a * b));
    assertThrows(
      () => encodeImage({ shape, data }, "png"),
      RangeError,
      `Cannot write a picture as PNG: the shape is ${shape.join("×")}, 1×1×`,
    );
  }
  assertThrows(
    () =>
      encodeImage({ shape: [1, 1, 2, 2], data: new Float32Array(3) }, "png"),
    RangeError,
    "there are 3 values, shape 1×1×2×2 needs 4",
  );
  const wide = gradient(1, 1, 65_536);
  assertThrows(() => encodeImage(wide, "jpeg"), RangeError, "at most 65535");
});

Deno.test("decodeImage() refuses other and broken files", () => {
  const gif = new TextEncoder().encode("GIF89a");
  assertThrows(() => decodeImage(gif, "a.gif"), TypeError, "Cannot read a.gif");
  assertThrows(() => decodeImage(new Uint8Array(0)), TypeError);
  const picture = gradient(3, 16, 16);
  for (const kind of ["png", "jpeg"] as const) {
    const file = encodeImage(picture, kind);
    for (const length of [9, 40, file.length >> 1, file.length - 14]) {
      assertThrows(
        () => decodeImage(file.subarray(0, length)),
        RangeError,
        `Cannot read the image as ${kind.toUpperCase()}: `,
      );
    }
  }
  const file = encodeImage(picture, "png").slice();
  assert(file.length > 60);
  file[50] ^= 1;
  assertThrows(() => decodeImage(file), RangeError, "as PNG: ");
});
