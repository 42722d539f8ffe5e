import type { ImageTensor } from "@rockpool/cli/image";
import type { Tensor } from "@rockpool/core";

/** A picture with white frames around regions. */
export function withFrames(
  { shape, data }: ImageTensor,
  rois: Tensor,
): ImageTensor {
  const [, channels, height, width] = shape;
  const drawn = Float32Array.from(data);
  for (let region = 0; region < rois.shape[0]; region++) {
    const corners = rois.data.subarray(5 * region + 1, 5 * region + 5);
    const [left, top, right, bottom] = Array.from(corners, Math.round);
    for (let at = 0; at < drawn.length; at++) {
      const row = Math.floor(at / width) % height;
      const column = at % width;
      const inside = row >= top && row <= bottom && column >= left &&
        column <= right;
      const border = row === top || row === bottom || column === left ||
        column === right;
      if (inside && border) drawn[at] = 1;
    }
  }
  return { shape: [1, channels, height, width], data: drawn };
}

/**
 * What `position-sensitive-roi` can pool of a picture: each channel for each of
 * size × size windows; for those of two opposite quarters as a negative.
 */
export function channelsForWindows(
  { shape: [, channels, height, width], data }: Tensor,
  size: number,
): Tensor<Float32Array> {
  const plane = height * width;
  const all = new Float32Array(channels * size * size * plane);
  for (let channel = 0; channel < channels; channel++) {
    const positive = data.subarray(channel * plane, (channel + 1) * plane);
    const negative = positive.map((x) => 1 - x);
    for (let window = 0; window < size * size; window++) {
      const above = window < size * size / 2;
      const left = window % size < size / 2;
      const at = (channel * size * size + window) * plane;
      all.set(above === left ? positive : negative, at);
    }
  }
  return { shape: [1, channels * size * size, height, width], data: all };
}
