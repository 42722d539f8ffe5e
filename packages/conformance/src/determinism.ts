import type { Backend } from "@rockpool/core";
import type { Check } from "./check.ts";
import { equalBits } from "./compare.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import {
  completed,
  type ConformanceCase,
  describeCase,
  fits,
  type Subject,
} from "./subject.ts";

/** Every run gives the same bits, whatever the number of threads. */
export const determinism: Check = {
  name: "gives the same bits in every run",
  hint:
    "an operator is a pure function: Math.random(), the time and what was " +
    "kept from earlier calls are out; random leaves of a kernel and " +
    "cx.randomWord() give random numbers of the seed",
  trials: (subject) =>
    [...someOf(subject.cases), ...largeCase(subject)].map((trial) => ({
      name: describeCase(trial),
      case: trial,
      async run({ backend, twin }) {
        const first = await evaluate(backend, trial, { subject });
        const others: [string, Backend][] = [["a second run", backend]];
        if (twin) others.push([`a run on ${twin.info}`, twin]);
        const faults: string[] = [];
        for (const [what, other] of others) {
          const second = await evaluate(other, trial, { subject });
          faults.push(
            ...changedBits(first, second)
              .map((name) => `${what} gives other bits of ${name}`),
          );
        }
        return faults;
      },
    })),
};

function changedBits(first: Evaluation, second: Evaluation): string[] {
  return Object.keys(first)
    .filter((name) => !equalBits(first[name], second[name]));
}

/** Every third case, for kernels take long to compile on some backends. */
function someOf(cases: readonly ConformanceCase[]): ConformanceCase[] {
  return cases.filter((_, index) => index % 3 === 0);
}

/** A case on planes large enough to be divided, where one fits. */
function largeCase(subject: Subject): ConformanceCase[] {
  const enlarged = subject.cases
    .filter(({ options }) => (options.axes ?? 2) === 2)
    .map(({ options }): ConformanceCase => ({
      shape: options.layout === "NHWC" ? [4, 64, 64, 16] : [4, 16, 64, 64],
      options,
    }))
    .map((trial) => completed(subject, trial));
  const large = enlarged.find((trial) => fits(subject, trial));
  return large ? [large] : [];
}
