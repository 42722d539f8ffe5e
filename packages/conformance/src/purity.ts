import type { Tensor } from "@rockpool/core";
import type { Check, Place } from "./check.ts";
import { equalBits } from "./compare.ts";
import { coveringCases } from "./covering_cases.ts";
import { gradOutputFor, uploadAll } from "./evaluate.ts";
import {
  type ConformanceCase,
  describeCase,
  inputsOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** Running an operator changes neither its inputs, weights nor options. */
export const purity: Check = {
  name: "leaves what it is given as it was",
  hint: "what cx.peek() gives, and options, are to be read, never written",
  trials: (subject) =>
    coveringCases(subject.cases).map((trial) => ({
      name: describeCase(trial),
      case: trial,
      run: (place) => changes(subject, { trial, place }),
    })),
};

async function changes(
  subject: Subject,
  { trial, place: { backend } }: { trial: ConformanceCase; place: Place },
): Promise<string[]> {
  const inputs = inputsOf(subject, trial);
  const weights = weightsOf(subject, trial, inputs);
  const options = structuredClone(trial.options);
  using session = backend.session({ mode: "train", seed: 1 });
  const values = {
    inputs: uploadAll(session, inputs),
    weights: uploadAll(session, weights),
  };
  const { y } = session.run(subject.op, values.inputs, {
    options,
    weights: values.weights,
  });
  const variables = Object.values({ ...values.inputs, ...values.weights })
    .filter(({ dtype }) => dtype === "float32");
  session.grad(y, session.upload(gradOutputFor(y)), variables);

  const faults: string[] = [];
  for (const kind of ["inputs", "weights"] as const) {
    const before: Readonly<Record<string, Tensor>> = { inputs, weights }[kind];
    for (const [name, value] of Object.entries(values[kind])) {
      if (equalBits(await session.read(value), before[name])) continue;
      faults.push(`it changes the numbers of its ${kind.slice(0, -1)} ${name}`);
    }
  }
  for (const [name, before] of Object.entries(trial.options)) {
    if (asText(options[name]) !== asText(before)) {
      faults.push(
        `it changes its option ${name}, ${asText(before)}, to ${
          asText(options[name])
        }`,
      );
    }
  }
  return faults;
}

function asText(value: unknown): string {
  return JSON.stringify(value);
}
