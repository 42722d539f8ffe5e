import {
  conform,
  type ConformanceCase,
  type InputGenerator,
  makeTensor,
} from "@rockpool/conformance";
import { initialWeight, sizeOf, validateOptions } from "@rockpool/core";
import { dynamicOptimized, type DynamicOptimizedOptions } from "./mod.ts";

/** The shape of the output at the initial weights. */
function initialShape(
  shape: ConformanceCase["shape"],
  options: ConformanceCase["options"],
): readonly number[] {
  return dynamicOptimized.shape(
    { x: shape },
    validateOptions<DynamicOptimizedOptions>(dynamicOptimized.options, options),
  );
}

/**
 * Numbers in no pattern: between those of equal distances queries tie, where
 * the maximum has no slope and rounding decides about its gradient.
 */
const inputs: InputGenerator = ({ shape, options, data, random }) => {
  if (sizeOf(initialShape(shape, options)) > 10_000) {
    throw new RangeError("The interpreter takes half a minute for so many");
  }
  const x = makeTensor(shape, { random, kind: data });
  if (data === "ties") return { x };
  const moved = x.data.map((value) =>
    value + Math.floor(random() * 512 - 256) / 4096
  );
  return { x: { shape, data: moved } };
};

/**
 * The operator, with a first δ that leaves no query on an element, where
 * slopes jump, and that a small step changes exactly.
 */
const betweenElements: typeof dynamicOptimized = {
  ...dynamicOptimized,
  weights(shapes, options) {
    const weights = dynamicOptimized.weights!(shapes, options);
    if (options.delta === "tied") return weights;
    const initial = Float32Array.from(
      initialWeight(weights.delta).data,
      (delta) => (Math.round(delta * 512) + 0.5) / 512,
    );
    return { ...weights, delta: { ...weights.delta, initial } };
  },
};

conform(betweenElements, {
  straightThrough: ["alpha", "r"],
  inputs,
  tolerance: { rtol: 1e-5, atol: 1e-5 },
  skip: {
    emptyBatch: {
      where: ({ options }) => Number(options.gmacWeight) > 0,
      reason: "the cost is that of the size, also for a batch of no items",
    },
  },
});
