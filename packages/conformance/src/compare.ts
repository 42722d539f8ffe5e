import { equalShapes, formatShape, type Tensor } from "@rockpool/core";
import { formatPlace } from "./format_place.ts";

/** How far a result may be from what is expected; indices must be exact. */
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

/**
 * Compares a result to what is expected: indices exactly, NaN with NaN.
 *
 * @example
 * ```ts
 * import { compare } from "@rockpool/conformance";
 * import { assertEquals } from "@std/assert";
 *
 * const expected = { shape: [2], data: Float32Array.of(1, NaN) };
 * const got = { shape: [2], data: Float32Array.of(1.5, NaN) };
 * const { largest } = compare(got, expected, { rtol: 1e-5, atol: 0 });
 * assertEquals(largest, 0.5);
 * ```
 */
export function compare(
  got: Tensor,
  expected: Tensor,
  { rtol, atol }: Tolerance,
): Difference {
  const exact = expected.data instanceof Int32Array;
  const sameKind = exact === got.data instanceof Int32Array;
  if (!sameKind || !equalShapes(got.shape, expected.shape)) {
    return {
      largest: NaN,
      fault: `${describe(got)} given, ${describe(expected)} expected`,
    };
  }
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
    if (!(difference <= largest)) largest = difference;
    if (!(difference <= allowed)) {
      if (faults === 0) {
        const place = formatPlace(expected.shape, index);
        first = `at ${place}: ${have} given, ${want} expected`;
      }
      faults += 1;
    }
  }
  const fault = faults === 0
    ? undefined
    : `${faults} of ${expected.data.length} numbers are wrong, the first ${first}; the largest error is ${largest}`;
  return { largest, fault };
}

function describe({ shape, data }: Tensor): string {
  const kind = data instanceof Int32Array ? "int32" : "float32";
  return `${kind} of shape ${formatShape(shape)}`;
}

/** Whether two tensors agree in every bit. */
export function equalBits(a: Tensor, b: Tensor): boolean {
  if (!equalShapes(a.shape, b.shape)) return false;
  const words = ({ data }: Tensor) =>
    new Int32Array(data.buffer, data.byteOffset, data.length);
  const other = words(b);
  return words(a).every((word, index) => word === other[index]);
}
