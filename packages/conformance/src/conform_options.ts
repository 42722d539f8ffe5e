import type { CheckName } from "./check.ts";
import { commonWindows } from "./common_windows.ts";
import type { Tolerance } from "./compare.ts";
import { makeGrid } from "./grid.ts";
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

/** Something that is not tried, and why. */
export interface Skip {
  /** The check; all of them by default. */
  readonly check?: CheckName;
  /** The backend's name; all of them by default. */
  readonly backend?: string;
  /** Which cases; all of them by default, and steps that are about none. */
  readonly where?: (trial: ConformanceCase) => boolean;
  /** Why, for the name of the test. */
  readonly reason: string;
}

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
  /** What is not tried. */
  readonly skip?: readonly Skip[];
}

/** An operator with all that is needed to try it. */
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
  } = how;
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

/** Why a step is not tried; undefined where it is. */
export function skipReason(
  skips: readonly Skip[],
  step: {
    readonly check: CheckName;
    readonly backend: string;
    readonly case: ConformanceCase | undefined;
  },
): string | undefined {
  return skips.find(({ check, backend, where }) =>
    (check ?? step.check) === step.check &&
    (backend ?? step.backend) === step.backend &&
    (!where || (step.case !== undefined && where(step.case)))
  )?.reason;
}
