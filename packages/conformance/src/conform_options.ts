import { commonWindows } from "./common_windows.ts";
import type { Tolerance } from "./compare.ts";
import { makeGrid } from "./grid.ts";
import { assertSkips, type Skips } from "./skips.ts";
import {
  completed,
  type ConformanceCase,
  fits,
  type InputGenerator,
  inputsAlike,
  type OptionCompletion,
  type Subject,
  type TriedOp,
} from "./subject.ts";

/** How an operator is tried. */
export interface ConformOptions {
  /** Makes the inputs; by default all are float32 and have one shape. */
  readonly inputs?: InputGenerator;
  /**
   * Completes the options of each generated case, by what depends on its shape:
   * a tensor that the operator requires, say.
   */
  readonly options?: OptionCompletion;
  /** Cases besides those of the grid over the operator's options. */
  readonly cases?: readonly ConformanceCase[];
  /**
   * How far results may be from those of the interpreter: by default 1e-4 of
   * them and 1e-5, which allows for exponentials, logarithms and divisions.
   */
  readonly tolerance?: Tolerance;
  /** Whether outputs in train mode are random; false by default. */
  readonly random?: boolean;
  /**
   * Inputs and weights whose gradient stands for a slope that is zero or not
   * there, such as that of rounding; finite differences leave them alone.
   */
  readonly straightThrough?: readonly string[];
  /** Checks that are not made, by name, each with its reason. */
  readonly skip?: Skips;
}

/**
 * An operator with all that is needed to try it.
 *
 * @throws {RangeError} where the operator accepts none of the generated cases,
 * or a skip has no reason or names no check
 */
export function makeSubject(
  op: TriedOp,
  how: ConformOptions = {},
): Subject {
  const {
    inputs = inputsAlike(op),
    options: complete = (_, options) => options,
    cases = [],
    tolerance = { rtol: 1e-4, atol: 1e-5 },
    random = false,
    straightThrough = [],
    skip = {},
  } = how;
  assertSkips(skip);
  return {
    op,
    inputs,
    complete,
    tolerance,
    random,
    straightThrough,
    cases: [
      ...makeGrid(op, inputs, complete),
      ...commonWindows(op)
        .map((trial) => completed({ complete }, trial))
        .filter((trial) => fits({ op, inputs }, trial)),
      ...cases,
    ],
  };
}
