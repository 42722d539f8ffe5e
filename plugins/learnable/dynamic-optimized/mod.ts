/**
 * DynOPool: pooling to a size that is learned, by reading a few points of each
 * of its cells.
 *
 * @module
 */
import {
  type Context,
  CONTRACT,
  type PoolingOp,
  type TensorData,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import { shapeOf } from "@rockpool/kernel";
import { costOf } from "./src/cost.ts";
import {
  type DynamicOptimizedOptions,
  dynamicOptimizedOptions,
} from "./src/options.ts";
import { placeQueries } from "./src/queries.ts";
import { readQueries, spread } from "./src/read_queries.ts";
import { planOf, resize } from "./src/sizes.ts";
import { constants, moveWith } from "./src/straight_through.ts";

export type { DynamicOptimizedOptions };

/**
 * DynOPool: pooling to a learned part of the input's size.
 *
 * The output has round(n r) cells along an axis of n elements, where the weight
 * is r or, by default, α = 1/r. In each cell the input is read at the centre
 * ± δ along each axis, between elements by linear interpolation; the greatest
 * of these values (the first of equal ones) or their mean is the output. δ is a
 * quarter of a cell, or a weight in elements of the input.
 *
 * The gradient of the size goes straight through the rounding. With
 * `gmacWeight` the output `cost`, `[1]`, says what the layers behind cost at
 * this size; it is differentiable by the size's weight, too.
 *
 * The host needs the weights' numbers to place the queries: on a GPU they must
 * be uploaded, not computed.
 *
 * Jang, Chu, Kim and Han, Pooling Revisited: Your Receptive Field is Suboptimal
 * (2022), arXiv 2205.15254.
 *
 * @throws {TypeError} if both `r` and `alpha` are given, or a weight's numbers
 * are on a GPU alone
 * @throws {RangeError} if `r` or `alpha` is not finite and greater than 0, or
 * `delta` is negative
 *
 * @example
 * ```ts
 * import { dynamicOptimized } from "@rockpool/dynamic-optimized";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.from({ length: 16 }, (_, index) => index);
 * const x = session.upload({ shape: [1, 1, 4, 4], data });
 * const half = { shape: [2], data: Float32Array.of(0.5, 0.75) };
 * const { y } = session.run(dynamicOptimized, { x }, {
 *   options: { r: 0.5 },
 *   weights: { r: session.upload(half) },
 * });
 * assertEquals(y.shape, [1, 1, 2, 3]);
 * ```
 */
export const dynamicOptimized: PoolingOp<
  DynamicOptimizedOptions,
  "x",
  "r" | "alpha" | "delta",
  "y" | "cost"
> = {
  name: "dynamic-optimized",
  contract: CONTRACT,
  summary:
    "the greatest of a few points of each cell, in a size that is learned",
  category: "learnable",
  options: dynamicOptimizedOptions,
  inputs: ["x"],
  shape({ x }, options, weights = {}) {
    const plan = planOf(x, options);
    const numbers = weights[plan.weight]?.data ?? plan.initial;
    const axes = resize(plan, numbers, options);
    return shapeOf(plan.planes, axes.map(({ size }) => size));
  },
  weights({ x }, options) {
    const { planes, weight, initial, limits } = planOf(x, options);
    const shape = [planes.axes];
    const weights: Partial<Record<"r" | "alpha" | "delta", WeightSpec>> = {
      [weight]: {
        shape,
        initial,
        above: 0,
        help: weight === "r"
          ? "the output's part of the input along each axis"
          : "the input's length over the output's along each axis",
      },
    };
    if (options.delta === "learned") {
      const axes = resize({ planes, weight, limits }, initial, options);
      weights.delta = {
        shape,
        initial: Float32Array.from(
          axes,
          ({ length, size }) => length / size / 4,
        ),
        min: 0,
        help: "how far queries are from the centre of their cell, in elements",
      };
    }
    // The type has no way to say that options decide which weights there are.
    return weights as Record<"r" | "alpha" | "delta", WeightSpec>;
  },
  forward(cx, { x }, options, weights) {
    const plan = planOf(x.shape, options);
    const { planes, initialSize } = plan;
    const weight = weights[plan.weight];
    const axes = resize(plan, look(cx, weight, plan.weight), options);
    const deltas = options.delta === "learned"
      ? look(cx, weights.delta, "delta")
      : undefined;

    const shape = shapeOf(planes, axes.map(({ size }) => size));
    const channelsLast = planes.layout === "NHWC" ? 1 : 0;
    const front = shape.length - planes.axes - channelsLast;
    const sides = axes.map((resized, axis) =>
      ([-1, 1] as const).map((side) => {
        const queries = placeQueries(resized, side, deltas?.[axis]);
        const { pairs, sizeSlopes, deltaSlopes } = queries;
        if (resized.length === 1) return { pairs, fractions: undefined };
        let fractions = constants(cx, queries.fractions);
        const move = (weight: Value, slopes: readonly number[]) => {
          fractions = moveWith(cx, fractions, { weight, axis, slopes });
        };
        move(weight, sizeSlopes);
        if (deltas) move(weights.delta, deltaSlopes);
        const place = { shape, axis: front + axis };
        return { pairs, fractions: spread(cx, fractions, place) };
      })
    );
    const y = readQueries(cx, { x, sides }, options);
    if (options.gmacWeight === 0) return { y };
    return { y, cost: costOf(cx, { axes, initialSize, weight }, options) };
  },
};

/** The numbers of a weight. */
function look(cx: Context, weight: Value, name: string): TensorData {
  const numbers = cx.peek(weight);
  if (numbers) return numbers;
  throw new TypeError(
    `Cannot run dynamic-optimized: the numbers of its weight "${name}" are on the GPU alone, and the host places windows by them: read it and upload what was read`,
  );
}

export { dynamicOptimized as default };
