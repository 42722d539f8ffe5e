import type { ImageTensor } from "@rockpool/cli/image";
import type { Tensor } from "@rockpool/core";

/**
 * The pixels of square blocks as channels, so that their covariance shows how
 * brightness at one place in a block goes with that at each other: `[1, size²,
 * blocks high, blocks wide]`.
 */
export function blockChannels(
  { shape: [, channels, height, width], data }: Tensor,
  size: number,
): Tensor<Float32Array> {
  const [rows, columns] = [height, width].map((n) => Math.floor(n / size));
  const plane = height * width;
  const blocks = new Float32Array(size * size * rows * columns);
  let at = 0;
  for (let pixel = 0; pixel < size * size; pixel++) {
    for (let block = 0; block < rows * columns; block++) {
      const row = Math.floor(block / columns) * size + Math.floor(pixel / size);
      const column = block % columns * size + pixel % size;
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        sum += data[channel * plane + row * width + column];
      }
      blocks[at++] = sum / channels;
    }
  }
  return { shape: [1, size * size, rows, columns], data: blocks };
}

/**
 * A square matrix as a picture: white is 0, red what is greater, blue what is
 * less. What stands on the diagonal may be beyond all colours.
 */
export function heatMap({ shape, data }: Tensor): ImageTensor {
  const size = shape[shape.length - 1];
  let greatest = 0;
  for (const [at, x] of data.entries()) {
    const isDiagonal = Math.floor(at / size) % size === at % size;
    if (!isDiagonal) greatest = Math.max(greatest, Math.abs(x));
  }
  const plane = size * size;
  const colours = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) {
    const level = Math.min(1, Math.sqrt(Math.abs(data[at]) / greatest));
    const isPositive = data[at] > 0;
    colours[at] = isPositive ? 1 : 1 - level;
    colours[plane + at] = 1 - level;
    colours[2 * plane + at] = isPositive ? 1 - level : 1;
  }
  return { shape: [1, 3, size, size], data: colours };
}
