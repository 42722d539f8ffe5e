/**
 * S3Pool: stochastic spatial sampling. Windows of stride 1, of which rows and
 * columns are picked at random.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import { shapeOf, type WindowKernel, windowKernel } from "@rockpool/kernel";
import { expectation } from "./src/expectation.ts";
import { type S3Options, s3Options } from "./src/options.ts";
import { allWindows, blocks, sampleWindows } from "./src/place_windows.ts";
import { isSampled, planOf } from "./src/plan.ts";

export type { S3Options };

const greatest: WindowKernel = windowKernel(
  "s3-max",
  ["x"],
  ({ x }, fold) => fold.max(x),
);

const mean: WindowKernel = windowKernel(
  "s3-average",
  ["x"],
  ({ x }, fold) => fold.mean(x),
);

/** Step 1; without it a window is one element, which is its own maximum. */
const poolings = { max: greatest, average: mean, none: greatest };

/**
 * S3Pool: max or average pooling with stride 1, z, and of each grid of its rows
 * and columns as many as the stride leaves, at random: y_ij = z at row r_i and
 * column c_j.
 *
 * All items and channels of a call share its rows and columns. Training draws
 * them anew in each call; inference gives means of blocks of z, the mean of
 * all samples or a sample, by `evalMode`. Where picks are given by `rowIndices`,
 * `colIndices` or `depthIndices` (int32), they hold in either mode, and the
 * other axes are drawn.
 *
 * Of equal elements the first in row-major order wins and takes the gradient;
 * NaN wins over numbers.
 *
 * Zhai et al., S3Pool: Pooling with Stochastic Spatial Sampling (2016), arXiv
 * 1611.05138.
 *
 * @throws {RangeError} where a grid is no multiple of its stride, the input is
 * too short, or picks that are given are out of place
 *
 * @example
 * ```ts
 * import { s3 } from "@rockpool/s3";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session({ mode: "train", seed: 42 });
 * const x = session.upload({ shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) });
 * // The greatest of each two neighbours, 2, 3, 4 and 4, and two of these.
 * const { y } = session.run(s3, { x }, {
 *   options: { gridSize: [4] },
 * });
 * assertEquals([...(await session.read(y)).data], [4, 4]);
 * ```
 */
export const s3: PoolingOp<S3Options, "x", never, "y"> = {
  name: "s3",
  contract: CONTRACT,
  summary: "the maximum of windows at rows and columns that are drawn",
  category: "generic",
  options: s3Options,
  inputs: ["x"],
  shape({ x }, options) {
    const { planes, axes } = planOf(x, options);
    return shapeOf(planes, axes.map(({ picks }) => picks));
  },
  forward(cx, { x }, options) {
    const plan = planOf(x.shape, options);
    const pooling = poolings[options.pool];
    if (isSampled(cx, options)) {
      const windows = sampleWindows(cx, x.shape, plan);
      return { y: cx.window(pooling, { values: { x } }, windows).y };
    }
    const z = options.pool === "none" ? x : cx.window(
      pooling,
      { values: { x } },
      allWindows(x.shape, plan, options),
    ).y;
    if (options.evalMode === "expectation") {
      return { y: expectation(cx, z, plan) };
    }
    const windows = blocks(z.shape, plan, options);
    return { y: cx.window(mean, { values: { x: z } }, windows).y };
  },
};

export { s3 as default };
