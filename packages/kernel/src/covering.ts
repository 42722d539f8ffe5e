import type { TableAxis } from "./geometry.ts";

/** How many groups, elements and windows a table axis has. */
export interface CoveringLengths {
  /** Tables of windows, one after the other. */
  readonly groups: number;
  /** Elements along the axis. */
  readonly input: number;
  /** Windows along the axis. */
  readonly output: number;
}

/**
 * For each element of a table axis, in each group, the first and the last
 * window that may hold it; an element without any has a last that precedes its
 * first.
 */
export function coveringWindows(
  { starts, counts, dilation }: TableAxis,
  { groups, input, output }: CoveringLengths,
): { firsts: Int32Array; lasts: Int32Array } {
  const firsts = new Int32Array(groups * input);
  const lasts = new Int32Array(groups * input).fill(-1);
  for (let group = 0; group < groups; group++) {
    for (let window = 0; window < output; window++) {
      const row = group * output + window;
      for (let tap = 0; tap < counts[row]; tap++) {
        const at = group * input + starts[row] + tap * dilation;
        if (lasts[at] < 0) firsts[at] = window;
        lasts[at] = window;
      }
    }
  }
  return { firsts, lasts };
}
