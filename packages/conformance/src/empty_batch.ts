import type { Check } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { expectedOf } from "./expected.ts";
import {
  completed,
  type ConformanceCase,
  describeCase,
  fits,
} from "./subject.ts";

/** A batch of no items gives empty outputs, and gradients that are zero. */
export const emptyBatch: Check = {
  name: "takes an empty batch",
  hint: "shape() and forward() must allow for 0 items",
  trials: (subject) =>
    subject.cases.flatMap(withoutItems)
      .map((trial) => completed(subject, trial))
      .filter((trial) => fits(subject, trial))
      .slice(0, 8)
      .map((trial) => ({
        name: describeCase(trial),
        case: trial,
        async run({ backend }) {
          const got = await evaluate(backend, trial, { subject });
          const expected = await expectedOf(trial, { subject });
          return Object.entries(expected).flatMap(([name, { shape, data }]) => {
            const have = got[name];
            if (have?.shape.join() !== shape.join()) {
              return [`${name} has shape [${have?.shape}], not [${shape}]`];
            }
            const isOutput = !name.startsWith("gradient of ");
            if (isOutput && data.length > 0) {
              return [`${name} has shape [${shape}], which is not empty`];
            }
            return have.data.every((x) => x === 0) ? [] : [`${name} is not 0`];
          });
        },
      })),
};

/** The same case without items, where its shape has a batch. */
function withoutItems(trial: ConformanceCase): ConformanceCase[] {
  const axes = Number(trial.options.axes ?? 2);
  if (trial.shape.length !== axes + 2) return [];
  return [{ ...trial, data: "spread", shape: [0, ...trial.shape.slice(1)] }];
}
