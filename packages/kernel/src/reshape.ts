import { formatShape, type Shape, sizeOf, type Value } from "@rockpool/core";
import type { Runtime } from "./runtime.ts";
import type { TapeEntry } from "./tape.ts";

/**
 * A value in another shape; also gives what walks the call back, where the
 * value can have a gradient.
 *
 * @throws {RangeError} where the shape has another number of elements
 */
export function runReshape<V extends Value>(
  runtime: Runtime<V>,
  value: V,
  shape: Shape,
): { output: V; entry: TapeEntry<V> | undefined } {
  if (sizeOf(value.shape) !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot reshape ${formatShape(value.shape)} to ${formatShape(shape)}: ${
        sizeOf(value.shape)
      } elements are needed, not ${sizeOf(shape)}`,
    );
  }
  const output = runtime.view(value, shape);
  if (value.dtype !== "float32") return { output, entry: undefined };
  const entry: TapeEntry<V> = {
    inputs: [value],
    outputs: [output],
    kept: [],
    backward: ([gradient]) =>
      new Map([[value, runtime.view(gradient!, value.shape)]]),
  };
  return { output, entry };
}
