import type { Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import type { Check } from "./check.ts";
import { coveringCases } from "./covering_cases.ts";
import { runTensors, type TensorRun } from "./evaluate.ts";
import { formatPlace } from "./format_place.ts";
import {
  type ConformanceCase,
  describeCase,
  inputsOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** Numbers far from the others, which change whatever depends on an element. */
const FAR = [1000, -1000];

/**
 * Every output that depends on an element is NaN where the element is.
 *
 * The interpreter alone is tried: agreement, with data that has NaN, says that
 * the backends do as it does.
 */
export const nan: Check = {
  name: "passes NaN on",
  hint:
    "comparisons with NaN are false, so that select() takes its second branch: " +
    "test isNaN() first; an operator that drops NaN on purpose says so, " +
    'skip: { nan: "why" }',
  ofInterpreter: true,
  trials: (subject) =>
    coveringCases(subject.cases)
      .map((trial): ConformanceCase => ({ ...trial, data: "spread" }))
      .map((trial) => ({
        name: describeCase(trial),
        case: trial,
        run: () => lostNaN(subject, trial),
      })),
};

async function lostNaN(
  subject: Subject,
  trial: ConformanceCase,
): Promise<string[]> {
  const inputs = inputsOf(subject, trial);
  const weights = weightsOf(subject, trial, inputs);
  const at = { subject, options: trial.options, inputs, weights };
  const before = await outputOf(at);
  const faults: string[] = [];
  for (const [name, { shape, data }] of Object.entries(inputs)) {
    if (data instanceof Int32Array || data.length === 0) continue;
    for (const index of placesIn(data.length)) {
      const depends = new Set<number>();
      for (const far of FAR) {
        const y = await outputIfAny(replaced(at, name, { index, by: far }));
        for (const [output, value] of y?.data.entries() ?? []) {
          if (value !== before.data[output]) depends.add(output);
        }
      }
      const y = await outputOf(replaced(at, name, { index, by: NaN }));
      const lost = [...depends].find((output) => !Number.isNaN(y.data[output]));
      if (lost === undefined) continue;
      faults.push(
        `${name} is NaN at ${formatPlace(shape, index)}, and y depends on it ` +
          `at ${formatPlace(y.shape, lost)}, but is ${y.data[lost]} there: ` +
          "NaN is expected",
      );
    }
  }
  return faults;
}

/** The first element, one in the middle and the last. */
function placesIn(length: number): Set<number> {
  return new Set([0, length >> 1, length - 1]);
}

function replaced(
  run: TensorRun,
  name: string,
  { index, by }: { index: number; by: number },
): TensorRun {
  const { shape, data } = run.inputs[name];
  const changed = data.slice();
  changed[index] = by;
  return {
    ...run,
    inputs: { ...run.inputs, [name]: { shape, data: changed } },
  };
}

async function outputOf(run: TensorRun): Promise<Tensor> {
  using session = interpreter().session({ seed: 1 });
  return await session.read(runTensors(session, run).results.y);
}

/** Undefined where the operator refuses such numbers. */
async function outputIfAny(run: TensorRun): Promise<Tensor | undefined> {
  try {
    return await outputOf(run);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
