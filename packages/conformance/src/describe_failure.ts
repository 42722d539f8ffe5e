import { formatShape } from "@rockpool/core";
import type { Check, Trial } from "./check.ts";
import {
  type ConformanceCase,
  describeValue,
  inputsOf,
  type Subject,
} from "./subject.ts";

const DATA = {
  spread: "numbers that all differ",
  ties: "many numbers that are equal",
  "non-finite": "NaN and infinities among the numbers",
};

/** What is wrong in a step, for the author of the operator. */
export function describeFailure(
  subject: Subject,
  { check, trial, backend, faults }: {
    check: Check;
    trial: Trial;
    backend: string;
    faults: readonly string[];
  },
): string {
  const { op } = subject;
  const about = trial.case
    ? describeTried(subject, trial.case)
    : [`  what      ${trial.name}`];
  return [
    `It does not hold that ${op.name} on ${backend} ${check.name}:`,
    ...faults.map((fault) => `  · ${fault}`),
    ...about,
    `  see       ${check.hint}`,
  ].join("\n");
}

function describeTried(subject: Subject, trial: ConformanceCase): string[] {
  const options = Object.entries(trial.options)
    .map(([name, value]) => `${name}: ${describeValue(value)}`)
    .join(", ");
  return [
    `  options   { ${options} }`,
    `  input     ${describeInputs(subject, trial)}`,
  ];
}

function describeInputs(subject: Subject, trial: ConformanceCase): string {
  const holding = DATA[trial.data ?? "spread"];
  try {
    return Object.entries(inputsOf(subject, trial))
      .map(([name, { shape }]) => `${name} of shape ${formatShape(shape)}`)
      .join(", ") + `: ${holding}`;
  } catch {
    // The case is wrong because no inputs fit it.
    return `of shape ${formatShape(trial.shape)}: ${holding}`;
  }
}
