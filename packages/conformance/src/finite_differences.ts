import { sizeOf } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import type { Check } from "./check.ts";
import { gradOutputFor, runTensors, type TensorRun } from "./evaluate.ts";
import { makeRandom, type Random } from "./random.ts";
import {
  describeCulprit,
  describeElement,
  findCulprit,
  slopesAlong,
} from "./slopes.ts";
import {
  type ConformanceCase,
  describeCase,
  inputsOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** Directions in which every case is differentiated. */
const DIRECTIONS = 3;

/** Elements of the largest input that is tried. */
const LARGEST = 600;

/** What third derivatives may contribute, relative to the largest share. */
const RTOL = 1e-5;

/**
 * The interpreter's gradient, in double precision, is the slope of the loss
 * along random directions of all inputs and weights at once.
 */
export const finiteDifferences: Check = {
  name: "has the gradient that finite differences show",
  hint: "detach(), withGradientOf() and the backward of a routine decide on " +
    "gradients; straightThrough names inputs and weights whose gradient is " +
    "not meant to be a slope",
  ofInterpreter: true,
  trials: (subject) =>
    subject.cases
      .filter(({ shape }) => sizeOf(shape) <= LARGEST)
      .map((trial): ConformanceCase => ({ ...trial, data: "spread" }))
      .map((trial) => ({
        name: describeCase(trial),
        case: trial,
        run: () => Promise.resolve(slopeFaults(subject, trial)),
      })),
};

function slopeFaults(subject: Subject, trial: ConformanceCase): string[] {
  const inputs = inputsOf(subject, trial);
  const weights = weightsOf(subject, trial, inputs);
  const at = { subject, options: trial.options, inputs, weights };
  const gradients = Object.fromEntries(
    Object.entries(gradientsOf(at))
      .filter(([name]) => !subject.straightThrough.includes(name)),
  );
  const none = Object.entries(gradients)
    .flatMap(([name, gradient]) => noNumbers(at, name, gradient));
  if (none.length > 0) return none;
  const random = makeRandom(4);
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const signs = Object.fromEntries(
      Object.entries(gradients).map(([name, { length }]) => [
        name,
        randomSigns(length, random),
      ]),
    );
    const { slope, expected, scale } = slopesAlong(at, gradients, signs);
    if (!(Math.abs(slope - expected) <= RTOL * scale)) {
      return [
        `along random signs of all it reads, sum(y · dy) has slope ${slope}, ` +
        `but the gradients say ${expected}`,
        describeCulprit(at, findCulprit(at, gradients, signs)),
      ];
    }
  }
  return [];
}

/** Says of a gradient that it is not finite, if so, and where first. */
function noNumbers(
  at: TensorRun,
  name: string,
  gradient: Float64Array,
): string[] {
  const index = gradient.findIndex((share) => !Number.isFinite(share));
  if (index < 0) return [];
  return [
    `the gradient of ${name} is ${gradient[index]} ` +
    `${describeElement(at, { name, index })}: a finite number is expected`,
  ];
}

function randomSigns(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => random() < 0.5 ? -1 : 1);
}

/** The gradients of the sum of y · dy, by name. */
function gradientsOf(run: TensorRun): Record<string, Float64Array> {
  using session = interpreter().session({ mode: "train", seed: 1 });
  const { results: { y }, variables } = runTensors(session, run);
  const names = Object.keys(variables);
  const gradients = session.grad(
    y,
    session.upload(gradOutputFor(y)),
    Object.values(variables),
  );
  return Object.fromEntries(
    names.map((name, index) => [name, gradients[index].data]),
  );
}
