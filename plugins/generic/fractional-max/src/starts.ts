import { integerBelow } from "@rockpool/kernel";
import type { AxisPlan } from "./plan.ts";

/**
 * Starts of windows of a given size, for a sample u in [0, 1):
 * start_i = ⌊α(i + u)⌋ − ⌊αu⌋ with α = (length − size) / (windows − 1), and
 * the last window ends with the axis.
 *
 * Each step is rounded to float32, as PyTorch does for inputs of that type, so
 * that the starts are the same.
 */
export function torchStarts(
  { length, windows, size }: AxisPlan,
  u: number,
): Int32Array {
  const round = Math.fround;
  const last = length - size;
  const alpha = round(round(last) / round(windows - 1));
  const place = (i: number) => Math.trunc(round(round(i + u) * alpha));
  const origin = place(0);
  const starts = new Int32Array(windows);
  for (let i = 0; i < windows - 1; i++) starts[i] = place(i) - origin;
  starts[windows - 1] = last;
  return starts;
}

/**
 * Bounds of windows that divide `total` steps, for a sample u in [0, 1):
 * b_i = ⌈α(i + u)⌉ − ⌈αu⌉ with α = total / windows, and at last the total, so
 * that each window has ⌊α⌋ or ⌊α⌋ + 1 of them.
 */
export function pseudorandomBounds(
  total: number,
  { windows, u }: { windows: number; u: number },
): number[] {
  const alpha = total / windows;
  const place = (i: number) => Math.ceil(alpha * (i + u));
  const origin = place(0);
  const bounds = Array.from({ length: windows }, (_, i) => place(i) - origin);
  return [...bounds, total];
}

/**
 * Bounds of windows that divide `total` steps as evenly as it goes, in an order
 * that is shuffled by a random word for each window but the first.
 */
export function randomBounds(
  total: number,
  { windows, wordOf }: {
    windows: number;
    wordOf: (window: number) => number;
  },
): number[] {
  const base = Math.floor(total / windows);
  const steps = Array.from(
    { length: windows },
    (_, i) => i < total % windows ? base + 1 : base,
  );
  for (let i = windows - 1; i > 0; i--) {
    const j = integerBelow(wordOf(i), i + 1);
    [steps[i], steps[j]] = [steps[j], steps[i]];
  }
  const bounds = [0];
  for (const step of steps) bounds.push(bounds[bounds.length - 1] + step);
  return bounds;
}
