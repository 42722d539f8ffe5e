import type { Check } from "./check.ts";
import { evaluate } from "./evaluate.ts";
import { describeCase } from "./subject.ts";

/** What a session made is freed with it. */
export const memory: Check = {
  name: "leaves no memory behind",
  hint: "values belong to the session: keep none of another one",
  trials: (subject) =>
    subject.cases.slice(0, 4).map((trial) => ({
      name: describeCase(trial),
      case: trial,
      async run({ backend }) {
        const before = backend.memory().live;
        await evaluate(backend, trial, { subject });
        const after = backend.memory().live;
        return after === before
          ? []
          : [`${after - before} bytes are live after its session`];
      },
    })),
};
