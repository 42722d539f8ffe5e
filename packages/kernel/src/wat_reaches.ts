import type { WatAxis } from "./wat_plan.ts";

/** How a position in the window reaches elements. */
export interface Reach {
  /** The position. */
  readonly tap: number;
  /** The elements `stride · j + phase`, for any j. */
  readonly phase: number;
  /** Their window, less j. */
  readonly shift: number;
}

/** All reaches of the windows of an axis, in the order of the windows. */
export function reachesOf(axis: WatAxis): Reach[] {
  const { size, stride, before, dilation } = axis;
  const reaches: Reach[] = [];
  for (let phase = 0; phase < stride; phase++) {
    for (let tap = 0; tap < size; tap++) {
      const shift = (before + phase - tap * dilation) / stride;
      if (Number.isInteger(shift)) reaches.push({ tap, phase, shift });
    }
  }
  return reaches.sort((a, b) => a.shift - b.shift);
}
