import {
  formatShape,
  initialWeight,
  neededInputs,
  type PoolingOp,
  type Shape,
  type Tensor,
  validateOptions,
  type WeightSpec,
} from "@rockpool/core";
import type { Tolerance } from "./compare.ts";
import { type DataKind, makeTensor } from "./make_tensor.ts";
import { makeRandom, type Random } from "./random.ts";

/** An operator whose options and tensors are known only when it is tried. */
export type TriedOp = PoolingOp<
  Record<string, unknown>,
  string,
  string,
  string
>;

/** One thing to try: options, and what the inputs are made of. */
export interface ConformanceCase {
  /** The shape of the inputs, or what the input generator makes of it. */
  readonly shape: Shape;
  /** The operator's options; defaults fill what is left out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the inputs are filled with; `"spread"` by default. */
  readonly data?: DataKind;
}

/** What an {@linkcode InputGenerator} is given. */
export interface InputRequest extends Required<ConformanceCase> {
  /** Random numbers, the same ones each time. */
  readonly random: Random;
}

/** Makes the inputs of a case; a RangeError says that the case does not fit. */
export type InputGenerator = (
  request: InputRequest,
) => Readonly<Record<string, Tensor>>;

/** Completes the options of a case by what its shape decides. */
export type OptionCompletion = (
  shape: Shape,
  options: ConformanceCase["options"],
) => ConformanceCase["options"];

/** An operator and how it is to be tried. */
export interface Subject {
  readonly op: TriedOp;
  readonly inputs: InputGenerator;
  readonly complete: OptionCompletion;
  readonly tolerance: Tolerance;
  /** Whether outputs in train mode depend on the seed. */
  readonly random: boolean;
  /** Inputs and weights whose gradient is not the slope of the output. */
  readonly straightThrough: readonly string[];
  readonly cases: readonly ConformanceCase[];
}

/** All inputs alike, with the shape of the case. */
export function inputsAlike(op: TriedOp): InputGenerator {
  return ({ shape, options, data: kind, random }) =>
    Object.fromEntries(
      neededInputs(op, options).map((
        name,
      ) => [name, makeTensor(shape, { random, kind })]),
    );
}

/** A generated case with the options that depend on its shape. */
export function completed(
  { complete }: Pick<Subject, "complete">,
  trial: ConformanceCase,
): ConformanceCase {
  return { ...trial, options: complete(trial.shape, trial.options) };
}

/** The inputs of a case. */
export function inputsOf(
  { op, inputs }: Pick<Subject, "op" | "inputs">,
  { shape, options, data = "spread" }: ConformanceCase,
): Readonly<Record<string, Tensor>> {
  const all = validateOptions(op.options, options);
  return inputs({
    shape,
    data,
    options: all as Record<string, unknown>,
    random: makeRandom(1),
  });
}

/** What parameters are multiples of one part of. */
const GRAIN = 2 ** 12;

/** Learnable parameters near their initial values. */
export function weightsOf(
  { op }: Pick<Subject, "op">,
  trial: ConformanceCase,
  inputs: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const random = makeRandom(2);
  const options = validateOptions(op.options, trial.options);
  const specs: Readonly<Record<string, WeightSpec>> =
    op.weights?.(shapesOf(inputs), options) ?? {};
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => {
      const { shape, data } = initialWeight(spec);
      const noise = makeTensor(shape, { random }).data;
      // Exact in float32 with bits to spare, as inputs are.
      const near = Float32Array.from(
        data,
        (x, at) => Math.round((x + noise[at] / 16) * GRAIN) / GRAIN,
      );
      return [name, { shape, data: near.map((x) => inside(spec, x)) }];
    }),
  );
}

/** The nearest number well within the limits of a parameter. */
function inside({ min, max, above }: WeightSpec, x: number): number {
  const margin = 1 / 64;
  const low = Math.max(min ?? -Infinity, above ?? -Infinity) + margin;
  return Math.min(Math.max(x, low), (max ?? Infinity) - margin);
}

/** Whether the options fit the shapes, as far as the operator says. */
export function fits(
  subject: Pick<Subject, "op" | "inputs">,
  trial: ConformanceCase,
): boolean {
  const { op } = subject;
  try {
    const options = validateOptions(op.options, trial.options);
    op.shape(shapesOf(inputsOf(subject, trial)), options);
    return true;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return false;
    throw error;
  }
}

/** The shape of each tensor. */
export function shapesOf(
  tensors: Readonly<Record<string, Tensor>>,
): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape }]) => [name, shape]),
  );
}

/** A case as text: `2×3×7×9 of ties, kernelSize 3, stride [2,1]`. */
export function describeCase(
  { shape, options, data = "spread" }: ConformanceCase,
): string {
  const chosen = Object.entries(options)
    .map(([name, value]) => `${name} ${describeValue(value)}`);
  return [`${shape.join("×")} of ${data}`, ...chosen].join(", ");
}

/** An option as text; of a tensor its shape, or another word, since it may be long. */
export function describeValue(value: unknown, tensor?: string): string {
  const isTensor = typeof value === "object" && value && "shape" in value;
  if (!isTensor) return JSON.stringify(value);
  return tensor ?? formatShape(value.shape as Shape);
}
