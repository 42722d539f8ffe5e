import type { Tensor } from "@rockpool/core";

/**
 * Boxes of each item of a batch, `[L, 2 · axes]`, as one tensor of regions,
 * `[K, 1 + 2 · axes]`: each row begins with its item. No items give `[0, 5]`.
 *
 * @throws {TypeError} where boxes have another rank
 * @throws {RangeError} where rows have no two corners of one to three axes, or
 * not all the same
 *
 * @example
 * ```ts
 * import { roisOfBoxes } from "@rockpool/roi";
 * import { assertEquals } from "@std/assert";
 *
 * const rois = roisOfBoxes([
 *   { shape: [0, 4], data: new Float32Array() },
 *   { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) },
 * ]);
 * assertEquals(rois, { shape: [1, 5], data: Float32Array.of(1, 1, 2, 3, 4) });
 * ```
 */
export function roisOfBoxes(boxes: readonly Tensor[]): Tensor<Float32Array> {
  const columns = boxes[0]?.shape[1] ?? 4;
  for (const [item, { shape }] of boxes.entries()) {
    if (shape.length !== 2) {
      throw new TypeError(
        `Cannot make regions of boxes of shape [${shape}] of item ${item}: rank 2 is needed, two corners in each row`,
      );
    }
    if (shape[1] !== columns || ![2, 4, 6].includes(columns)) {
      throw new RangeError(
        `Cannot make regions of boxes of shape [${shape}] of item ${item}: rows of 2, 4 or 6 numbers are needed, as many for all items`,
      );
    }
  }
  const count = boxes.reduce((sum, { shape }) => sum + shape[0], 0);
  const data = new Float32Array(count * (1 + columns));
  let at = 0;
  for (const [item, { shape: [rows], data: numbers }] of boxes.entries()) {
    for (let row = 0; row < rows; row++, at += 1 + columns) {
      data[at] = item;
      data.set(numbers.subarray(row * columns, (row + 1) * columns), at + 1);
    }
  }
  return { shape: [count, 1 + columns], data };
}
