import type { Context, Value } from "@rockpool/core";
import {
  detach,
  tables,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

const straightThrough: WindowKernel = windowKernel(
  "straight-through",
  ["weight"],
  ({ weight, value, slope }, fold) =>
    withGradientOf(value, value.add(detach(slope).mul(fold.sum(weight)))),
  { windows: ["value", "slope"] },
);

/** An entry of a weight, and how fast it moves some numbers. */
export interface Mover {
  /** The weight, a number for each spatial axis. */
  readonly weight: Value;
  /** Which of them. */
  readonly axis: number;
  /** The derivative of each number. */
  readonly slopes: readonly number[];
}

/** Numbers that the host knows as a value of shape `[1, 1, count]`. */
export function constants(cx: Context, numbers: readonly number[]): Value {
  const data = Float32Array.from(numbers);
  return cx.constant({ shape: [1, 1, data.length], data });
}

/**
 * The same numbers, of shape `[1, 1, count]`, with a gradient that reaches the
 * weight too: each has a window that holds the one entry.
 */
export function moveWith(
  cx: Context,
  value: Value,
  { weight, axis, slopes }: Mover,
): Value {
  if (cx.mode === "infer") return value;
  const entries = cx.reshape(weight, [1, 1, ...weight.shape]);
  const windows = tables(entries.shape, {
    tables: [{ starts: slopes.map(() => axis), counts: slopes.map(() => 1) }],
  });
  const values = { weight: entries, value, slope: constants(cx, slopes) };
  return cx.window(straightThrough, { values }, windows).y;
}
