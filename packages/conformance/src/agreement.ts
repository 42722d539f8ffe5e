import type { Check } from "./check.ts";
import { compare } from "./compare.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { expectedOf } from "./expected.ts";
import { describeCase, type Subject } from "./subject.ts";

/** Outputs and gradients are those of the interpreter, in both modes. */
export const agreement: Check = {
  name: "agrees with the interpreter",
  hint: "the interpreter computes in double precision: write the formula so " +
    "that float32 suffices (tolerance says how far results may be off), and " +
    "do not ask where it runs",
  trials: (subject) =>
    subject.cases.map((trial) => ({
      name: describeCase(trial),
      case: trial,
      async run({ backend }) {
        const faults: string[] = [];
        for (const mode of ["train", "infer"] as const) {
          const choice = { subject, mode };
          const got = await evaluate(backend, trial, choice);
          const expected = await expectedOf(trial, choice);
          faults.push(
            ...differences(got, expected, subject)
              .map((fault) => `mode ${mode}, ${fault}`),
          );
        }
        return faults;
      },
    })),
};

/** What is wrong with the tensors of an evaluation. */
export function differences(
  got: Evaluation,
  expected: Evaluation,
  { tolerance }: Pick<Subject, "tolerance">,
): string[] {
  const [have, want] = [got, expected].map((it) => Object.keys(it).join(", "));
  if (have !== want) return [`it gives ${have} instead of ${want}`];
  return Object.entries(expected).flatMap(([name, tensor]) => {
    const { fault } = compare(got[name], tensor, tolerance);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
}
