import { CONTRACT, type PoolingOp, type Value } from "@rockpool/core";
import {
  concatKernel,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import {
  type AdaptiveOptions,
  adaptiveOptions,
  adaptiveWindows,
  outputShape,
  type Plan,
  planOf,
} from "./adaptive.ts";

/** The options of {@linkcode globalAverage}. */
export interface GlobalAverageOptions extends AdaptiveOptions {
  /** The mean, the maximum, half of their sum, or both one behind the other. */
  readonly mode: "avg" | "max" | "avgmax" | "catavgmax";
  /** Whether the winners' positions are given too, with mode `max` only. */
  readonly returnIndices: boolean;
}

const mean: WindowKernel = windowKernel(
  "adaptive-mean",
  ["x"],
  ({ x }, fold) => fold.mean(x),
);

const greatest: WindowKernel = windowKernel(
  "adaptive-max",
  ["x"],
  ({ x }, fold) => fold.max(x),
);

const greatestWithIndices: WindowKernel = windowKernel(
  "adaptive-max-indices",
  ["x"],
  ({ x }, fold) => ({ y: fold.max(x), indices: fold.argmax(x) }),
);

const halfway: WindowKernel = windowKernel(
  "adaptive-mean-and-max",
  ["x"],
  ({ x }, fold) => fold.mean(x).add(fold.max(x)).mul(0.5),
);

/** The kernels of the modes that give one number per window. */
const kernels = { avg: mean, max: greatest, avgmax: halfway };

const meanAndGreatest: WindowKernel = windowKernel(
  "adaptive-mean-or-max",
  ["x"],
  ({ x }, fold) => ({ mean: fold.mean(x), greatest: fold.max(x) }),
);

/**
 * Global and adaptive pooling: the mean or the maximum of as many windows as
 * asked for.
 *
 * `x` is `[N, C, …L]` or `[C, …L]`, channels last with layout NHWC. Window p of
 * P along an axis of length L is `[⌊p L / P⌋, ⌈(p + 1) L / P⌉)`; with the
 * `outputSize` 1 it is all of the plane. The output has C channels, 2 C with
 * mode `catavgmax`; with `flatten` it is `[N, C · …P]` in the order of memory.
 *
 * The first of equal elements is the maximum and takes its gradient; NaN wins
 * over numbers, the last one first. `indices` (int32, shaped as `y`) are
 * positions in the plane.
 *
 * Lin, Chen and Yan, Network in network (2014), arXiv 1312.4400.
 *
 * @throws {TypeError} for `returnIndices` with another mode than `max`
 *
 * @example
 * ```ts
 * import { globalAverage } from "@rockpool/global-average";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 6) });
 * const { y } = session.run(globalAverage, { x });
 * assertEquals(y.shape, [1, 1, 1, 1]);
 * assertEquals([...(await session.read(y)).data], [3]);
 * ```
 */
export const globalAverage: PoolingOp<
  GlobalAverageOptions,
  "x",
  never,
  "y" | "indices"
> = {
  name: "global-average",
  contract: CONTRACT,
  summary: "the mean or the maximum of as many windows as asked for",
  category: "downstream",
  options: {
    mode: {
      kind: "choice",
      choices: ["avg", "max", "avgmax", "catavgmax"],
      default: "avg",
      help:
        "the mean, the maximum, half of their sum, or both as twice the channels",
    },
    ...adaptiveOptions,
    returnIndices: {
      kind: "boolean",
      default: false,
      help: "whether the winners' positions are given too; mode max alone can",
    },
  },
  inputs: ["x"],
  shape({ x }, options) {
    const { mode, returnIndices, flatten } = options;
    if (returnIndices && mode !== "max") {
      throw new TypeError(
        `Cannot give indices with mode "${mode}": mode "max" is needed`,
      );
    }
    const plan = planOf(x, options);
    const { channels } = plan.planes;
    const both = mode === "catavgmax";
    return outputShape(plan, {
      channels: both ? 2 * channels : channels,
      flatten,
    });
  },
  forward(cx, { x }, options) {
    const { mode, returnIndices } = options;
    const windows = adaptiveWindows(x.shape, options);
    const shaped = (y: Value) =>
      options.flatten
        ? cx.reshape(y, globalAverage.shape({ x: x.shape }, options))
        : y;
    const values = { x };
    if (returnIndices) {
      const { y, indices } = cx.window(
        greatestWithIndices,
        { values },
        windows,
      );
      return { y: shaped(y), indices: shaped(indices) };
    }
    if (mode === "catavgmax") {
      const results = cx.window(meanAndGreatest, { values }, windows);
      const y = cx.concat(
        [results.mean, results.greatest],
        concatKernel,
        channelAxis(planOf(x.shape, options)),
      );
      return { y: shaped(y) };
    }
    return { y: shaped(cx.window(kernels[mode], { values }, windows).y) };
  },
};

/** Where the channels stand among the axes. */
function channelAxis({ planes: { batched, layout, axes } }: Plan): number {
  return Number(batched) + (layout === "NHWC" ? axes : 0);
}
