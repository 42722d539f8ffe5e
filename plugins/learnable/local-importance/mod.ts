/**
 * Local importance pooling (LIP): the mean of each window, weighted by the
 * exponentials of logits that are given or that a small network learns.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import { slide, slideShape } from "@rockpool/kernel";
import { importance } from "./src/importance.ts";
import {
  givenLogits,
  type LogitWeight,
  logitWeights,
  networkLogits,
} from "./src/logits.ts";
import {
  checkLogit,
  type LocalImportanceOptions,
  localImportanceOptions,
} from "./src/options.ts";

export { type KaimingKey, kaimingNormal } from "./src/kaiming_normal.ts";
export type { LogitWeight } from "./src/logits.ts";
export type { LocalImportanceOptions } from "./src/options.ts";

/**
 * Local importance pooling: y = Σ w x / Σ w with w = exp(l).
 *
 * The logits l are an input, shaped as `x` or with one channel for all, or with
 * `logit` `"simplified"` or `"bottleneck"` what a network makes of `x`, between
 * 0 and `coefficient`; before training it gives the mean of each window.
 * Elements of l = −∞ have weight 0, those of l = +∞ share all of it, NaN in
 * either gives NaN, as does a window without elements (dilation allows it).
 * The gradient is w̄ g for x and w̄ (x − y) g for l, with w̄ = w / Σ w.
 *
 * Gao, Wang and Wu, LIP: Local Importance-based Pooling (2019), arXiv
 * 1908.04156.
 *
 * @throws {RangeError} where `logit` has another shape, or `logitKernelSize` is
 * even
 *
 * @example
 * ```ts
 * import { localImportance } from "@rockpool/local-importance";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const shape = [1, 1, 2, 2];
 * const x = session.upload({ shape, data: Float32Array.of(1, 2, 3, 4) });
 * const data = Float32Array.of(1, 2, 3, 4).map(Math.log);
 * const logit = session.upload({ shape, data });
 * const options = { kernelSize: 2, padding: 0 };
 * const { y } = session.run(localImportance, { x, logit }, { options });
 * assertAlmostEquals((await session.read(y)).data[0], 3, 1e-6);
 * ```
 */
export const localImportance: PoolingOp<
  LocalImportanceOptions,
  "x" | "logit",
  LogitWeight,
  "y"
> = {
  name: "local-importance",
  contract: CONTRACT,
  summary: "the mean of each window, weighted by given or learned importance",
  category: "learnable",
  options: localImportanceOptions,
  inputs: ["x", "logit"],
  inputsFor: ({ logit }) => logit === "given" ? ["x", "logit"] : ["x"],
  shape(inputs, options) {
    checkLogit(inputs, options);
    return slideShape(inputs.x, options);
  },
  weights: ({ x }, options) => logitWeights(x, options),
  forward(cx, { x, logit: given }, options, weights) {
    const logit = options.logit === "given"
      ? givenLogits(cx, x.shape, given, options)
      : networkLogits(cx, x, options, weights);
    const windows = slide(x.shape, options);
    return { y: cx.window(importance, { values: { x, logit } }, windows).y };
  },
};

export { localImportance as default };
