import {
  type ConcatKernel,
  formatShape,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { Rows } from "./device.ts";
import type { PrimitiveKernel } from "./primitive_kernel.ts";
import { addShare, type Runtime } from "./runtime.ts";
import type { TapeEntry } from "./tape.ts";

/**
 * Values one behind the other along an axis; also gives what walks the call
 * back.
 *
 * @throws {TypeError} where there is no value, or one is no float32
 * @throws {RangeError} where the axis is none, or another length differs
 */
export function runConcat<V extends Value>(
  runtime: Runtime<V>,
  values: readonly V[],
  axis: number,
): { output: V; entry: TapeEntry<V> } {
  const shape = joinedShape(values, axis);
  const output = runtime.allocate(shape, "float32");
  const inner = sizeOf(shape.slice(axis + 1));
  const rows = sizeOf(shape.slice(0, axis));
  let start = 0;
  const parts = values.map((value) => {
    const length = value.shape[axis] * inner;
    const part = { value, length, start };
    start += length;
    return part;
  });
  const width = start;
  const inside = (value: V, start: number): Rows<V> => ({
    value,
    start,
    step: width,
  });
  for (const { value, length, start } of parts) {
    if (rows * length === 0) continue;
    const from = { value, start: 0, step: length };
    runtime.device.copyRows({ from, to: inside(output, start), rows, length });
  }
  const entry: TapeEntry<V> = {
    inputs: values,
    outputs: [output],
    kept: [],
    backward([gradient], wanted) {
      const shares = new Map<V, V>();
      for (const { value, length, start } of parts) {
        if (!wanted(value)) continue;
        const share = runtime.allocate(value.shape, "float32");
        if (rows * length > 0) {
          const to = { value: share, start: 0, step: length };
          const from = inside(gradient!, start);
          runtime.device.copyRows({ from, to, rows, length });
        }
        addShare(runtime, shares, { of: value, share });
      }
      return shares;
    },
  };
  return { output, entry };
}

/** What joins values, for `concat` of a session. */
export const concatKernel: ConcatKernel = {
  name: "concat",
  run: runConcat,
} as PrimitiveKernel<typeof runConcat>;

function joinedShape(values: readonly Value[], axis: number): Shape {
  const [first] = values;
  if (!first) throw new TypeError("Cannot join no values: one is needed");
  const { shape } = first;
  if (!Number.isInteger(axis) || axis < 0 || axis >= shape.length) {
    throw new RangeError(
      `Cannot join values of shape ${
        formatShape(shape)
      } along axis ${axis}: they have ${shape.length} axes`,
    );
  }
  let length = 0;
  for (const value of values) {
    if (value.dtype !== "float32") {
      throw new TypeError(`Cannot join ${value.dtype}: float32 is needed`);
    }
    const fits = value.shape.length === shape.length &&
      value.shape.every((length, a) => a === axis || length === shape[a]);
    if (!fits) {
      throw new RangeError(
        `Cannot join values of shapes ${formatShape(shape)} and ${
          formatShape(value.shape)
        } along axis ${axis}: all other lengths must be the same`,
      );
    }
    length += value.shape[axis];
  }
  return shape.with(axis, length);
}
