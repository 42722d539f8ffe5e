import {
  checkShape,
  type Context,
  CONTRACT,
  type Layout,
  type PoolingOp,
  type Value,
} from "@rockpool/core";
import {
  concatKernel,
  expand,
  integer,
  matmulKernel,
  slide,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { dot } from "./dot.ts";
import {
  batchedAs,
  featuresOf,
  matricesOf,
  products,
  project,
} from "./features.ts";
import { type LowRankOptions, lowRankOptions } from "./low_rank_options.ts";
import { type LowRankWeight, lowRankWeights } from "./low_rank_weights.ts";
import { signedSqrt } from "./ssl2.ts";

/**
 * Low-rank bilinear pooling: the scores of classes that a bilinear classifier
 * with matrices of low rank gives, without the products of channels.
 *
 * Of features X, or their projection Z = P X, class k has the score ‖U⁺ₖ Z‖² −
 * ‖U⁻ₖ Z‖² + bₖ, the inner product of Z Zᵀ with U⁺ₖᵀ U⁺ₖ − U⁻ₖᵀ U⁻ₖ. x is `[N, C,
 * …spatial]`, the output `[N, K]`. Rows of the weights are the paper's columns.
 *
 * Kong and Fowlkes, Low-rank Bilinear Pooling for Fine-Grained Classification
 * (2017), arXiv 1611.05109.
 *
 * @throws {RangeError} where `projDim` is more than the channels
 *
 * @example
 * ```ts
 * import { lowRankBilinear } from "@rockpool/bilinear/low-rank";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const upload = (shape: number[], ...data: number[]) =>
 *   session.upload({ shape, data: Float32Array.from(data) });
 * const { y } = session.run(lowRankBilinear, { x: upload([1, 2, 2], 1, 2, 0, 1) }, {
 *   options: { axes: 1, numClasses: 1, rank: 1 },
 *   weights: {
 *     positive: upload([1, 1, 2], 1, 1),
 *     negative: upload([1, 1, 2], 0.5, -0.5),
 *     bias: upload([1], 0.1),
 *   },
 * });
 * // 10 of x₁ + x₂ = (1, 3), 0.5 of (x₁ − x₂) / 2.
 * assertAlmostEquals((await session.read(y)).data[0], 9.6, 1e-6);
 * ```
 */
export const lowRankBilinear: PoolingOp<
  LowRankOptions,
  "x",
  LowRankWeight,
  "y"
> = {
  name: "low-rank-bilinear",
  contract: CONTRACT,
  summary: "scores of classes by products of channels, of low rank",
  category: "downstream",
  options: lowRankOptions,
  inputs: ["x"],
  shape({ x }, options) {
    const { numClasses, projDim } = options;
    const features = featuresOf(x, options);
    if (projDim !== null && projDim > features.channels) {
      throw new RangeError(
        `Cannot project ${features.channels} channels to ${projDim}: projDim may be as many at most`,
      );
    }
    const shape = batchedAs(features, [numClasses]);
    checkShape(shape, "an output");
    return shape;
  },
  weights: ({ x }, options) => lowRankWeights(x, options),
  forward(cx, { x }, options, weights) {
    const { layout, projDim, gradEps, useNegative, numClasses } = options;
    const features = featuresOf(x.shape, options);
    let z = matricesOf(cx, x, features);
    if (options.signedSqrt) z = signedSqrt(cx, z, { eps: 0, gradEps });
    if (projDim !== null) z = project(cx, weights.projection, z, layout);
    const factors = useNegative
      ? cx.concat([weights.positive, weights.negative], concatKernel, 0)
      : weights.positive;
    const signs = useNegative ? 2 : 1;
    const energies = cx.reshape(squares(cx, z, factors, layout), [
      features.items,
      signs,
      numClasses,
    ]);
    const bindings = {
      values: { x: energies, ...options.bias ? { bias: weights.bias } : {} },
    };
    const windows = slide(energies.shape, {
      kernelSize: [signs],
      layout: "NHWC",
    });
    const { y } = cx.window(scoresFor(options), bindings, windows);
    return { y: cx.reshape(y, batchedAs(features, [numClasses])) };
  },
};

/** ‖U Z‖² for each U of `[G, r, m]`, as `[N, G, 1]`. */
function squares(
  cx: Context,
  z: Value,
  factors: Value,
  layout: Layout,
): Value {
  const [groups, rank, channels] = factors.shape;
  const items = z.shape[0];
  const locations = z.shape[layout === "NCHW" ? 2 : 1];
  const rows = cx.reshape(factors, [groups * rank, channels]);
  const sum = (a: Value, b: Value, length: number) =>
    dot(cx, a, b, {
      length,
      layout: "NCHW",
      shape: [items, groups, length],
    });
  if (locations <= channels) {
    const projected = cx.matmul([rows, z], matmulKernel, {
      transposeB: layout === "NHWC",
    });
    return sum(projected, projected, rank * locations);
  }
  // tr(U S Uᵀ) with S = Z Zᵀ: fewer products where locations are many.
  const s = products(cx, { x: z, y: z, layout });
  const all = expand(cx, cx.reshape(rows, [1, groups * rank, channels]), {
    axis: 0,
    count: items,
  });
  return sum(cx.matmul([rows, s], matmulKernel), all, rank * channels);
}

/** What is for a class less what is against it, and its bias. */
function scores(useNegative: boolean, hasBias: boolean): WindowKernel {
  return windowKernel(
    "scores",
    ["x"],
    ({ x, bias }, fold) => {
      const score = useNegative
        ? fold.at(x, integer(0)).sub(fold.at(x, integer(1)))
        : fold.sum(x);
      return hasBias ? score.add(bias) : score;
    },
    { channels: hasBias ? ["bias"] : [] },
  );
}

const kernels = [false, true].map((useNegative) =>
  [false, true].map((hasBias) => scores(useNegative, hasBias))
);

function scoresFor({ useNegative, bias }: LowRankOptions): WindowKernel {
  return kernels[Number(useNegative)][Number(bias)];
}
