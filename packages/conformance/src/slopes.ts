import type { Tensor } from "@rockpool/core";
import { interpreter, type InterpreterValue } from "@rockpool/kernel";
import { gradOutputFor, runTensors, type TensorRun } from "./evaluate.ts";
import { formatPlace } from "./format_place.ts";

/** A step that keeps the numbers of {@linkcode makeTensor} exact in float32. */
const STEP = 2 ** -14;

/** A number for each element of inputs and weights, by name. */
export type Elements = Readonly<Record<string, Float64Array>>;

/** One element of an input or weight. */
export interface Element {
  /** The tensor's name. */
  readonly name: string;
  /** Where it stands in its data. */
  readonly index: number;
}

/** The slope of the loss along a direction, and what gradients say it is. */
export interface Slopes {
  /** By finite differences. */
  readonly slope: number;
  /** By the gradients. */
  readonly expected: number;
  /** One more than the sum of all shares in it. */
  readonly scale: number;
}

/** Compares gradients to finite differences along a direction. */
export function slopesAlong(
  at: TensorRun,
  gradients: Elements,
  direction: Elements,
): Slopes {
  let expected = 0;
  let scale = 1;
  for (const [name, gradient] of Object.entries(gradients)) {
    for (const [index, share] of gradient.entries()) {
      expected += share * direction[name][index];
      scale += Math.abs(share * direction[name][index]);
    }
  }
  const slope = (lossOf(moved(at, direction, STEP)) -
    lossOf(moved(at, direction, -STEP))) / (2 * STEP);
  return { slope, expected, scale };
}

/** An element with what its gradient is, and what it should be. */
export interface Culprit extends Element, Slopes {}

/**
 * The element that has most of a difference between gradients and slopes, by
 * halving a direction along which they differ.
 */
export function findCulprit(
  at: TensorRun,
  gradients: Elements,
  direction: Elements,
): Culprit {
  let suspects: Element[] = Object.entries(direction).flatMap(
    ([name, signs]) => Array.from(signs, (_, index) => ({ name, index })),
  );
  const differenceOf = (elements: readonly Element[]) => {
    const { slope, expected } = slopesAlong(
      at,
      gradients,
      among(direction, elements, (sign) => sign),
    );
    return Math.abs(slope - expected);
  };
  while (suspects.length > 1) {
    const middle = suspects.length >> 1;
    const [first, second] = [suspects.slice(0, middle), suspects.slice(middle)];
    suspects = differenceOf(first) > differenceOf(second) ? first : second;
  }
  const [element] = suspects;
  const alone = among(direction, [element], () => 1);
  return { ...element, ...slopesAlong(at, gradients, alone) };
}

/** What is wrong about an element, in words. */
export function describeCulprit(
  at: TensorRun,
  { slope, expected, ...element }: Culprit,
): string {
  return `the gradient of ${element.name} is ${expected} ` +
    `${describeElement(at, element)}: ${slope} is expected there`;
}

/** Where an element stands, and what it is. */
export function describeElement(
  { inputs, weights }: TensorRun,
  { name, index }: Element,
): string {
  const { shape, data } = inputs[name] ?? weights[name];
  return `at ${formatPlace(shape, index)}, where ${name} is ${data[index]}`;
}

/** A direction that is 0 but for some elements. */
function among(
  direction: Elements,
  elements: readonly Element[],
  sign: (sign: number) => number,
): Elements {
  const part = Object.fromEntries(
    Object.entries(direction)
      .map(([name, { length }]) => [name, new Float64Array(length)]),
  );
  for (const { name, index } of elements) {
    part[name][index] = sign(direction[name][index]);
  }
  return part;
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
