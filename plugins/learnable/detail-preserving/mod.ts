/**
 * Detail-preserving pooling: the mean of each window, weighted by how much
 * elements stand out, with learned weights.
 *
 * @module
 */
import {
  CONTRACT,
  type PoolingOp,
  type Value,
  type WeightSpec,
} from "@rockpool/core";
import { expand, planesOf, slide, slideShape } from "@rockpool/kernel";
import { pooling } from "./src/formula.ts";
import { checkFilter, filtered, filterShape } from "./src/guide.ts";
import {
  type DetailPreservingOptions,
  detailPreservingOptions,
} from "./src/options.ts";
import { limitOf } from "./src/parameters.ts";

export type {
  DetailPreservingOptions,
  Parametrization,
} from "./src/options.ts";

/** The learnable parameters of {@linkcode detailPreserving}. */
export type DetailPreservingWeights = "alpha" | "lambda" | "filter" | "bias";

/**
 * Detail-preserving pooling: Σ w x / Σ w with w = α + (e / M)^(λ/2) and
 * e = δ² + ε².
 *
 * δ is the difference of an element to the guide, which is the mean of the
 * window (`guide: "lite"`) or a filter's response (`"full"`), or with
 * `variant: "asym"` what it is above that. M is 1, or the mean or sum of e over
 * the window. The weights `alpha` and `lambda`, `[C]` or with `shared` `[1]`,
 * are ln α and ln λ, or what `parametrization` says; `filter` is
 * `[C, …filterSize]`, `bias` `[C]`.
 *
 * λ = 0 is the average. A constant window gives its constant, NaN and
 * infinities give NaN, and a window without elements (dilation allows it) gives
 * 0.
 *
 * Saeedan, Weber, Goesele and Roth, Detail-Preserving Pooling in Deep Networks
 * (2018), arXiv 1804.04076.
 *
 * @throws {RangeError} if `filterPadding` is not less than `filterSize`
 *
 * @example
 * ```ts
 * import { detailPreserving } from "@rockpool/detail-preserving";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 6) });
 * const { y } = session.run(detailPreserving, { x }, { options: { kernelSize: 2 } });
 * assertAlmostEquals((await session.read(y)).data[0], 3.3986528, 1e-6);
 * ```
 */
export const detailPreserving: PoolingOp<
  DetailPreservingOptions,
  "x",
  DetailPreservingWeights,
  "y"
> = {
  name: "detail-preserving",
  contract: CONTRACT,
  summary: "the mean of each window, weighted by how much elements stand out",
  category: "learnable",
  options: detailPreservingOptions,
  inputs: ["x"],
  shape({ x }, options) {
    checkFilter(x, options);
    return slideShape(x, options);
  },
  weights({ x }, options) {
    const { parametrization, shared, guide, filterBias } = options;
    const { channels } = planesOf(x, options);
    const direct = parametrization === "direct";
    const stored = {
      shape: [shared ? 1 : channels],
      initial: direct ? 1 : 0,
      ...(direct ? { min: 0 } : {}),
    };
    const weights: Partial<Record<DetailPreservingWeights, WeightSpec>> = {
      alpha: { ...stored, help: "the share that every element has" },
      lambda: { ...stored, help: "how much more counts what stands out" },
    };
    if (guide === "full") {
      const shape = filterShape(x, options);
      const taps = shape.slice(1).reduce((n, length) => n * length, 1);
      weights.filter = {
        shape,
        initial: 1 / taps,
        help: "the filter whose response elements stand out from",
      };
      if (filterBias) {
        weights.bias = {
          shape: [channels],
          initial: 0,
          help: "what is added to the filter's response",
        };
      }
    }
    // The type has no way to say that options decide which weights there are.
    return weights as Record<DetailPreservingWeights, WeightSpec>;
  },
  forward(cx, { x }, options, weights) {
    const windows = slide(x.shape, options);
    const perChannel = (weight: Value) =>
      expand(cx, weight, { axis: 0, count: windows.channels });
    const { filter, bias } = weights;
    const values: Record<string, Value> = {
      x,
      alpha: perChannel(weights.alpha),
      lambda: perChannel(weights.lambda),
    };
    if (options.guide === "full") {
      values.guide = filtered(cx, { x, filter, bias }, { windows, options });
    }
    const { epsilon } = options;
    const scalars = { epsilonSquared: epsilon ** 2, limit: limitOf(options) };
    const kernel = pooling(options);
    return { y: cx.window(kernel, { values, scalars }, windows).y };
  },
};

export { detailPreserving as default };
