/**
 * Covariance pooling: how channels vary together, as the logarithm or the
 * square root of their covariance.
 *
 * @module
 */
import {
  checkShape,
  type Context,
  CONTRACT,
  type PoolingOp,
  type Shape,
  type Value,
} from "@rockpool/core";
import {
  type Planes,
  planesOf,
  transpose,
  triangle,
  triangleLength,
} from "@rockpool/kernel";
import { centre, normalizeChannels } from "./src/centre.ts";
import { iterativeRoot } from "./src/newton_schulz.ts";
import {
  checkCovariance,
  type CovarianceOptions,
  covarianceOptions,
  positionsOf,
  regulariserOf,
} from "./src/options.ts";
import { wholeCovariance } from "./src/product.ts";
import { spectral } from "./src/spectral.ts";

export type { CovarianceOptions } from "./src/options.ts";

/**
 * Covariance pooling: F = f(C + ε I) with the covariance C = Xc Xcᵀ / m of the
 * channels over all positions, Xc = X less the mean of each channel.
 *
 * `x` is `[N, D, …L]` or `[D, …L]`, channels last with layout NHWC; `y` is the
 * upper triangle, `[N, D (D + 1) / 2]` or `[D (D + 1) / 2]`, or without
 * `vectorize` F itself, `[N, D, D]` or `[D, D]`. f is the logarithm, the
 * square root, the identity, or with `isqrt` some Newton–Schulz iterations
 * towards the square root, which are products of matrices alone and suit a GPU.
 *
 * Where an item holds a number that is none or infinite, all of its output and
 * gradient is NaN. The gradient is exact for equal and vanishing eigenvalues.
 * On a GPU `log` and `sqrt` need D or the positions to be at most 256.
 *
 * Li, Xie, Wang and Zuo, Is second-order information helpful for large-scale
 * visual recognition? (2017), arXiv 1703.08050; He, Fang, Li, Plaza and Plaza,
 * Skip-connected covariance network for remote sensing scene classification
 * (2020).
 *
 * @throws {RangeError} for `unbiased` with one position, and for `log` with
 * eps 0 where there are as many channels as positions
 *
 * @example
 * ```ts
 * import { covariance } from "@rockpool/covariance";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.of(1, 2, 3, 4, 2, 1, 4, 3);
 * const x = session.upload({ shape: [1, 2, 2, 2], data });
 * const options = { normalization: "none" } as const;
 * const { y } = session.run(covariance, { x }, { options });
 * assertEquals(y.shape, [1, 3]);
 * const [variance, together] = (await session.read(y)).data;
 * assertAlmostEquals(variance, 1.25, 1e-6);
 * assertAlmostEquals(together, 0.75, 1e-6);
 * ```
 */
export const covariance: PoolingOp<CovarianceOptions, "x", never, "y"> = {
  name: "covariance",
  contract: CONTRACT,
  summary:
    "how channels vary together: the logarithm or root of their covariance",
  category: "downstream",
  options: covarianceOptions,
  inputs: ["x"],
  shape({ x }, options) {
    const planes = planesOf(x, options);
    const shape = outputShape(planes, options);
    checkShape(shape, "an output");
    checkCovariance(planes, options);
    return shape;
  },
  forward(cx, { x }, options) {
    const planes = planesOf(x.shape, options);
    const rows = rowsOf(cx, x, planes);
    const scaled = options.channelL2Norm ? normalizeChannels(cx, rows) : rows;
    const m = positionsOf(planes) - Number(options.unbiased);
    const matrices = normalize(cx, centre(cx, scaled, m), options);
    const y = options.vectorize ? triangle(cx, matrices, options) : matrices;
    return { y: cx.reshape(y, outputShape(planes, options)) };
  },
};

export { covariance as default };

/** The channels of each item as rows, `[N, D, M]`. */
function rowsOf(cx: Context, x: Value, planes: Planes): Value {
  const { items, channels, layout } = planes;
  const positions = positionsOf(planes);
  return layout === "NCHW"
    ? cx.reshape(x, [items, channels, positions])
    : transpose(cx, cx.reshape(x, [items, positions, channels]));
}

/** f(C + ε I) for C = Z Zᵀ: `[N, D, M]` to `[N, D, D]`. */
function normalize(cx: Context, z: Value, options: CovarianceOptions): Value {
  const { normalization, numIters } = options;
  const eps = regulariserOf(options);
  switch (normalization) {
    case "none":
      return wholeCovariance(cx, z, eps);
    case "isqrt":
      return iterativeRoot(cx, z, { eps, numIters });
    default:
      return spectral(cx, z, { normalization, eps });
  }
}

function outputShape(
  { batched, items, channels }: Planes,
  { vectorize }: CovarianceOptions,
): Shape {
  const inner = vectorize ? [triangleLength(channels)] : [channels, channels];
  return batched ? [items, ...inner] : inner;
}
