import type { AnyPoolingOp, Shape, WeightSpec } from "@rockpool/core";
import * as tf from "@tensorflow/tfjs-core";

/** The shape of a batch as TensorFlow.js has it: null is not known yet. */
export type OpenShape = readonly (number | null)[];

/** Lengths that stand for those that are not known: no window fits both alike. */
export const GUESSES = [64, 129] as const;

/** Shapes with a length for each that is not known. */
export function filled(
  shapes: Record<string, OpenShape>,
  guess: number,
): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      shape.map((length) => length ?? guess),
    ]),
  );
}

/**
 * The parameters, which must not depend on lengths that are not known.
 *
 * @throws {TypeError} where they do
 */
export function weightsOf(
  op: AnyPoolingOp,
  { shapes, options }: {
    readonly shapes: Record<string, OpenShape>;
    readonly options: object;
  },
): Readonly<Record<string, WeightSpec>> {
  const [some, others] = GUESSES.map((guess): Record<string, WeightSpec> =>
    op.weights?.(filled(shapes, guess), options) ?? {}
  );
  for (const [name, { shape }] of Object.entries(some)) {
    if (`${shape}` === `${others[name].shape}`) continue;
    throw new TypeError(
      `Cannot build a layer of ${op.name}: the shape of its weight "${name}" depends on lengths of the input that are not known`,
    );
  }
  return some;
}

/** A parameter as a variable of a layer, and what it may hold. */
export interface LimitedVariable {
  readonly variable: {
    read(): tf.Tensor;
    write(tensor: tf.Tensor): unknown;
  };
  readonly spec: WeightSpec;
}

/**
 * A parameter, first set to the nearest allowed numbers: training leads it out
 * of its limits, and constraints of variables are not heeded by optimizers.
 */
export function withinLimits({ variable, spec }: LimitedVariable): tf.Tensor {
  const { min, max, above } = spec;
  if ((min ?? max ?? above) !== undefined) {
    const least = Math.max(min ?? -Infinity, (above ?? -Infinity) + TINY);
    variable.write(
      tf.clipByValue(variable.read(), least, max ?? Infinity),
    );
  }
  return variable.read();
}

/** How far a parameter keeps from a limit that it must be above. */
const TINY = 1e-6;
