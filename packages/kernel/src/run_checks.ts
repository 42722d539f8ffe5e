import {
  didYouMean,
  equalShapes,
  formatShape,
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

/**
 * Checks the parameters that an operator is given.
 *
 * @throws {TypeError} for an unknown name
 * @throws {RangeError} for a wrong shape
 */
export function checkWeights(
  op: string,
  specs: Readonly<Record<string, WeightSpec>>,
  given: Readonly<Record<string, Value | undefined>>,
): void {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(specs, name)) {
      throw new TypeError(
        `Cannot run ${op}: it has no weight "${name}"${
          didYouMean(name, Object.keys(specs))
        }`,
      );
    }
    const { shape } = specs[name];
    if (value && !equalShapes(value.shape, shape)) {
      throw new RangeError(
        `Cannot run ${op}: its weight "${name}" has shape ${
          formatShape(value.shape)
        }, ${formatShape(shape)} is needed`,
      );
    }
  }
}
