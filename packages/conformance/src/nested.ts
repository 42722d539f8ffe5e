import type { Tensor } from "@rockpool/core";

/** Numbers in lists of lists, as deep as a tensor has axes. */
export type Nested = number | readonly Nested[];

/** A float32 tensor from nested lists: `float32([[1, 2], [3, 4]])` is 2×2. */
export function float32(nested: Nested): Tensor<Float32Array> {
  return { shape: shapeOf(nested), data: Float32Array.from(flatten(nested)) };
}

/** An int32 tensor from nested lists. */
export function int32(nested: Nested): Tensor<Int32Array> {
  return { shape: shapeOf(nested), data: Int32Array.from(flatten(nested)) };
}

function shapeOf(nested: Nested): number[] {
  return typeof nested === "number"
    ? []
    : [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])];
}

function flatten(nested: Nested): number[] {
  return typeof nested === "number" ? [nested] : nested.flatMap(flatten);
}
