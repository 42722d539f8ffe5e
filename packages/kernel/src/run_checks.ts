import {
  didYouMean,
  equalShapes,
  formatShape,
  type Tensor,
  type TensorData,
  type Value,
  type WeightSpec,
} from "@rockpool/core";

/**
 * Checks that an operator is given all of its inputs and nothing else.
 *
 * @throws {TypeError} for a missing or an unknown name
 */
export function checkNames(
  op: string,
  given: Readonly<Record<string, unknown>>,
  needed: readonly string[],
): void {
  for (const name of needed) {
    if (!given[name]) {
      throw new TypeError(`Cannot run ${op}: its input "${name}" is missing`);
    }
  }
  for (const name of Object.keys(given)) {
    if (!needed.includes(name)) {
      throw new TypeError(
        `Cannot run ${op}: it has no input "${name}"${
          didYouMean(name, needed)
        }`,
      );
    }
  }
}

/** Parameters as tensors, those whose numbers the host has at hand. */
export function tensorsAtHand<V extends Value>(
  values: Readonly<Partial<Record<string, V>>>,
  peek: (value: V) => TensorData | undefined,
): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(values)) {
    const data = value && peek(value);
    if (data) tensors[name] = { shape: value.shape, data };
  }
  return tensors;
}

/** Parameters, and the tensors of those whose numbers are at hand. */
export interface GivenWeights {
  readonly given: Readonly<Record<string, Value | undefined>>;
  readonly atHand: Readonly<Record<string, Tensor>>;
}

/**
 * Checks the parameters that an operator is given.
 *
 * @throws {TypeError} for an unknown name
 * @throws {RangeError} for a wrong shape, or a number that is not allowed and
 * at hand
 */
export function checkWeights(
  op: string,
  specs: Readonly<Record<string, WeightSpec>>,
  { given, atHand }: GivenWeights,
): void {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(specs, name)) {
      throw new TypeError(
        `Cannot run ${op}: it has no weight "${name}"${
          didYouMean(name, Object.keys(specs))
        }`,
      );
    }
    const spec = specs[name];
    if (value && !equalShapes(value.shape, spec.shape)) {
      throw new RangeError(
        `Cannot run ${op}: its weight "${name}" has shape ${
          formatShape(value.shape)
        }, ${formatShape(spec.shape)} is needed`,
      );
    }
    const bad = atHand[name] && findOutside(spec, atHand[name].data);
    if (bad !== undefined) {
      throw new RangeError(
        `Cannot run ${op}: its weight "${name}" holds ${bad}, ${
          describeLimits(spec)
        } is needed`,
      );
    }
  }
}

/** The first number that a parameter may not hold, if it has limits at all. */
function findOutside(
  { min, max, above }: WeightSpec,
  data: TensorData,
): number | undefined {
  if (min === undefined && max === undefined && above === undefined) {
    return undefined;
  }
  const { length } = data;
  for (let index = 0; index < length; index++) {
    const x = data[index];
    const inside = x >= (min ?? -Infinity) && x <= (max ?? Infinity) &&
      (above === undefined || x > above);
    if (!inside) return x;
  }
  return undefined;
}

function describeLimits({ min, max, above }: WeightSpec): string {
  return [
    min === undefined ? "" : `at least ${min}`,
    above === undefined ? "" : `more than ${above}`,
    max === undefined ? "" : `at most ${max}`,
  ].filter((limit) => limit !== "").join(" and ");
}
