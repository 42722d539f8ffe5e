import type { Tensor } from "@rockpool/core";

/**
 * The colours of a photograph and of copies that are shifted to the left, less
 * their means: what is red here together with what is red a few pixels on.
 */
export function shiftedColours(
  { shape: [, channels, height, width], data }: Tensor,
  shifts: readonly number[],
): Tensor<Float32Array> {
  const columns = width - Math.max(...shifts);
  const plane = height * columns;
  const shifted = new Float32Array(channels * shifts.length * plane);
  let start = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (const shift of shifts) {
      const copy = shifted.subarray(start, start += plane);
      let sum = 0;
      for (let at = 0; at < plane; at++) {
        const row = channel * height + Math.floor(at / columns);
        copy[at] = data[row * width + at % columns + shift];
        sum += copy[at];
      }
      for (let at = 0; at < plane; at++) copy[at] -= sum / plane;
    }
  }
  return {
    shape: [1, channels * shifts.length, height, columns],
    data: shifted,
  };
}

/** A vector in rows, to be looked at. */
export function inRows({ data }: Tensor, columns: number): Tensor {
  return { shape: [data.length / columns, columns], data };
}
