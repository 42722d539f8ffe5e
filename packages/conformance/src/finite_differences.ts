import { sizeOf, type Tensor } from "@rockpool/core";
import { interpreter, type InterpreterValue } from "@rockpool/kernel";
import type { Check } from "./check.ts";
import { gradOutputFor, runTensors, type TensorRun } from "./evaluate.ts";
import { makeRandom, type Random } from "./random.ts";
import {
  type ConformanceCase,
  describeCase,
  inputsOf,
  type Subject,
  weightsOf,
} from "./subject.ts";

/** A step that keeps the numbers of {@linkcode makeTensor} exact in float32. */
const STEP = 2 ** -14;

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
  const random = makeRandom(4);
  const faults: string[] = [];
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const signs = Object.fromEntries(
      Object.entries(gradients).map(([name, { length }]) => [
        name,
        randomSigns(length, random),
      ]),
    );
    let expected = 0;
    let scale = 1;
    for (const [name, gradient] of Object.entries(gradients)) {
      for (const [index, share] of gradient.entries()) {
        expected += share * signs[name][index];
        scale += Math.abs(share);
      }
    }
    const slope = (lossOf(moved(at, signs, STEP)) -
      lossOf(moved(at, signs, -STEP))) / (2 * STEP);
    if (!(Math.abs(slope - expected) <= RTOL * scale)) {
      faults.push(`the slope is ${slope}, the gradient gives ${expected}`);
    }
  }
  return faults;
}

function randomSigns(length: number, random: Random): Float64Array {
  return Float64Array.from({ length }, () => random() < 0.5 ? -1 : 1);
}

/** All that an operator reads, each number a step along its sign. */
function moved(
  { inputs, weights, ...rest }: TensorRun,
  signs: Readonly<Record<string, Float64Array>>,
  step: number,
): TensorRun {
  const move = (tensors: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [name, {
        shape,
        data: data.map((x, index) => x + step * (signs[name]?.[index] ?? 0)),
      }]),
    );
  return { ...rest, inputs: move(inputs), weights: move(weights) };
}

/**
 * The sum of `y` times the gradient that arrives at it, in double precision.
 * What is not finite, such as the greatest of no elements, has no slope.
 */
function lossOf(run: TensorRun): number {
  using session = interpreter().session({ mode: "train", seed: 1 });
  const y = runTensors(session, run).results.y as InterpreterValue;
  const dy = gradOutputFor(y).data;
  let loss = 0;
  for (const [index, value] of y.data.entries()) {
    if (Number.isFinite(value)) loss += value * dy[index];
  }
  return loss;
}

/** The gradients of that loss, by name. */
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
