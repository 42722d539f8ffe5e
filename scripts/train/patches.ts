import { decodeImage } from "@rockpool/cli/image";
import type { Tensor } from "@rockpool/core";
import { ROOT } from "../workspace.ts";

const PHOTOS = ["chelsea.png", "coffee.png"];

/**
 * Square patches of the photographs in `docs/images`, `[N, 3, size, size]`, at
 * places spread over them; each colour has mean 0 and deviation 1 over all.
 */
export async function readPatches(
  count: number,
  size: number,
): Promise<Tensor<Float32Array>> {
  const photos = await Promise.all(PHOTOS.map(async (name) => {
    const path = `${ROOT}docs/images/${name}`;
    return decodeImage(await Deno.readFile(path), path);
  }));
  const plane = size * size;
  const data = new Float32Array(count * 3 * plane);
  for (let n = 0; n < count; n++) {
    const { shape: [, , height, width], data: photo } =
      photos[n % photos.length];
    // Multiples of irrational numbers leave no part out.
    const top = Math.floor(((n * Math.SQRT2) % 1) * (height - size));
    const left = Math.floor(((n * Math.sqrt(3)) % 1) * (width - size));
    for (let c = 0; c < 3; c++) {
      for (let row = 0; row < size; row++) {
        const from = (c * height + top + row) * width + left;
        const to = (n * 3 + c) * plane + row * size;
        data.set(photo.subarray(from, from + size), to);
      }
    }
  }
  for (let c = 0; c < 3; c++) normalise(data, { channel: c, plane });
  return { shape: [count, 3, size, size], data };
}

function normalise(
  data: Float32Array,
  { channel, plane }: { readonly channel: number; readonly plane: number },
): void {
  const own: number[] = [];
  for (let at = channel * plane; at < data.length; at += 3 * plane) {
    for (let i = at; i < at + plane; i++) own.push(i);
  }
  const mean = own.reduce((sum, i) => sum + data[i], 0) / own.length;
  const square = own.reduce((sum, i) => sum + (data[i] - mean) ** 2, 0);
  const deviation = Math.sqrt(square / own.length);
  for (const i of own) data[i] = (data[i] - mean) / deviation;
}
