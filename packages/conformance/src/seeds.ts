import { differences } from "./agreement.ts";
import type { Check } from "./check.ts";
import { equalBits } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import { expectedOf } from "./expected.ts";
import { describeCase } from "./subject.ts";

const SEEDS = [0, 7, 2 ** 32 - 1];

/**
 * Random numbers in train mode are those of the seed and the same on every
 * backend; an operator that is not random is the same for every seed.
 */
export const seeds: Check = {
  name: "draws what the seed says",
  trials(subject) {
    const spread = subject.cases
      .filter(({ data = "spread" }) => data === "spread");
    return spread.slice(0, 6).map((trial) => ({
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
        const changes = others.some((other) => !equalBits(first, other));
        if (changes && !subject.random) {
          faults.push("its output changes with the seed, but it is not random");
        }
        if (!changes && subject.random && first.data.length > 0) {
          faults.push("its output is the same for every seed");
        }
        return faults;
      },
    }));
  },
};
