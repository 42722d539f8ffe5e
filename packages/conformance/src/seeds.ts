import type { Tensor } from "@rockpool/core";
import { differences } from "./agreement.ts";
import type { Check } from "./check.ts";
import { coveringCases } from "./covering_cases.ts";
import { equalBits } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import { expectedOf } from "./expected.ts";
import { describeCase } from "./subject.ts";

/** Cases that are tried at least, where there are so many. */
const FEW = 6;

const SEEDS = [0, 7, 2 ** 32 - 1];

/** Further seeds for a random operator that gave one output for these. */
const MORE_SEEDS = 24;

/**
 * Random numbers in train mode are those of the seed and the same on every
 * backend; an operator that is not random is the same for every seed.
 */
export const seeds: Check = {
  name: "draws what the seed says",
  hint: "random leaves of a kernel and cx.randomWord() follow the seed; " +
    "conform(op, { random: true }) says that an operator draws in training",
  trials(subject) {
    const spread = subject.cases
      .filter(({ data = "spread" }) => data === "spread");
    const tried = new Set([...spread.slice(0, FEW), ...coveringCases(spread)]);
    return [...tried].map((trial) => ({
      name: describeCase(trial),
      case: trial,
      async run({ backend }) {
        const faults: string[] = [];
        const outputs = [];
        for (const seed of SEEDS) {
          const choice = { subject, seed };
          const got = await evaluate(backend, trial, choice);
          const expected = await expectedOf(trial, choice);
          faults.push(
            ...differences(got, expected, subject)
              .map((fault) => `seed ${seed}: ${fault}`),
          );
          outputs.push(got.y);
        }
        const [first, ...others] = outputs;
        const isOther = (y: Tensor) => !equalBits(first, y);
        if (others.some(isOther)) {
          if (!subject.random) {
            faults.push(
              "y changes with the seed, but conform() is not told { random: true }",
            );
          }
        } else if (subject.random && first.data.length > 0) {
          // Where there is little to draw, a few seeds may draw the same.
          for (let seed = 1; seed <= MORE_SEEDS; seed++) {
            if (
              isOther((await evaluate(backend, trial, { subject, seed })).y)
            ) {
              return faults;
            }
          }
          faults.push(
            `y is the same for ${SEEDS.length + MORE_SEEDS} seeds, but ` +
              "conform() is told { random: true }",
          );
        }
        return faults;
      },
    }));
  },
};
