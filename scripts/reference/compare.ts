import { equalShapes, formatShape, type Tensor } from "@rockpool/core";

/** How far a result may be from what is expected. */
export interface Tolerance {
  /** Relative to the expected value. */
  readonly rtol: number;
  /** Absolute, added to it. */
  readonly atol: number;
}

/** The difference between a result and what is expected. */
export interface Difference {
  /** The largest absolute difference; NaN where only one side is NaN. */
  readonly largest: number;
  /** What is wrong, if anything. */
  readonly fault: string | undefined;
}

/** Compares a result to what is expected: indices exactly, NaN with NaN. */
export function compare(
  got: Tensor,
  expected: Tensor,
  { rtol, atol }: Tolerance,
): Difference {
  if (!equalShapes(got.shape, expected.shape)) {
    return {
      largest: NaN,
      fault: `shape ${formatShape(got.shape)} instead of ${
        formatShape(expected.shape)
      }`,
    };
  }
  const exact = expected.data instanceof Int32Array;
  let largest = 0;
  let faults = 0;
  let first = "";
  for (const [index, want] of expected.data.entries()) {
    const have = got.data[index];
    const same = Object.is(have, want) || have === want;
    const difference = same ? 0 : Math.abs(have - want);
    const allowed = exact || !Number.isFinite(want)
      ? 0
      : atol + rtol * Math.abs(want);
    largest = Math.max(largest, difference);
    if (!(difference <= allowed)) {
      if (faults === 0) first = `${have} instead of ${want} at ${index}`;
      faults += 1;
    }
  }
  const fault = faults === 0
    ? undefined
    : `${faults} of ${expected.data.length} wrong, first ${first}, largest error ${largest}`;
  return { largest, fault };
}
