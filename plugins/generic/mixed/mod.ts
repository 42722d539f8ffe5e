/**
 * Mixed pooling: the maximum or the mean of each window, chosen at random, or
 * a blend of both.
 *
 * @module
 */
import { CONTRACT, type PoolingOp, type WeightSpec } from "@rockpool/core";
import { expand, isTraining, slide, slideShape } from "@rockpool/kernel";
import { blend } from "./src/blend.ts";
import { addDraws, lambdaOfPlanes, roundProbability } from "./src/draws.ts";
import { checkCounts, type MixedOptions, mixedOptions } from "./src/options.ts";

export type { Granularity, MixedOptions } from "./src/options.ts";

/**
 * Mixed pooling: λ · max + (1 − λ) · mean of each window.
 *
 * λ is fixed by `lambda`, a weight by `learnLambda`, or else drawn in training,
 * 1 with `probability` and 0 otherwise. In inference it then is `probability`
 * or, with `evalMode` `"frequency"`, what training drew more often for the
 * channel: `counts` goes in as an option and comes out of training as an
 * output, so that the caller keeps it. With λ 0 or 1 the other part does not
 * count, infinite or not.
 *
 * Yu, Wang, Chen and Wei, Mixed Pooling for Convolutional Neural Networks
 * (2014).
 *
 * @throws {TypeError} if `evalMode` is `"frequency"` without `counts`
 * @throws {RangeError} if `counts` is not of shape `[2, C]`
 *
 * @example
 * ```ts
 * import { mixed } from "@rockpool/mixed";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 6) });
 * const options = { kernelSize: 2, lambda: 0.3 };
 * const { y } = session.run(mixed, { x }, { options });
 * assertAlmostEquals((await session.read(y)).data[0], 0.3 * 6 + 0.7 * 3, 1e-6);
 * ```
 */
export const mixed: PoolingOp<MixedOptions, "x", "lambda", "y" | "counts"> = {
  name: "mixed",
  contract: CONTRACT,
  summary: "the maximum or the mean of each window, by chance, or a blend",
  category: "generic",
  options: mixedOptions,
  inputs: ["x"],
  shape({ x }, options) {
    checkCounts(options, slide(x, options).channels);
    return slideShape(x, options);
  },
  weights({ x }, options) {
    const { learnLambda, lambda, probability } = options;
    const weights: Partial<Record<"lambda", WeightSpec>> = {};
    if (learnLambda !== "none") {
      const { channels } = slide(x, options);
      weights.lambda = {
        shape: [1, learnLambda === "layer" ? 1 : channels],
        initial: lambda ?? probability,
        help: "the share of the maximum",
      };
    }
    // The type has no way to say that options decide which weights there are.
    return weights as Record<"lambda", WeightSpec>;
  },
  forward(cx, { x }, options, weights) {
    const windows = slide(x.shape, options);
    const divisor = options.countIncludePad ? "padded" : "elements";
    if (options.learnLambda !== "none") {
      const { items, channels } = windows;
      const row = expand(cx, weights.lambda, { axis: 1, count: channels });
      const lambda = expand(cx, row, { axis: 0, count: items });
      const bindings = { values: { x, lambda } };
      return { y: cx.window(blend.learned[divisor], bindings, windows).y };
    }
    const draws = options.lambda === null && isTraining(cx, options);
    const counts = draws && options.evalMode === "frequency"
      ? { counts: cx.constant(addDraws(cx, windows, options)) }
      : {};
    if (draws && options.granularity === "window") {
      const probability = roundProbability(options.probability);
      const bindings = { values: { x }, scalars: { probability } };
      const { y } = cx.window(blend.drawn[divisor], bindings, windows);
      return { y, ...counts };
    }
    const lambda = cx.constant(lambdaOfPlanes(cx, windows, options));
    const bindings = { values: { x, lambda } };
    const { y } = cx.window(blend.given[divisor], bindings, windows);
    return { y, ...counts };
  },
};

export { mixed as default };
