import type { Context, PoolingOp, Value } from "@rockpool/core";
import { slide, type WindowKernel, windowKernel } from "@rockpool/kernel";
import {
  type AdaptiveOptions,
  adaptiveOptions,
  adaptiveWindows,
  outputShape,
  type Plan,
  planOf,
} from "./adaptive.ts";
import { elementsOf, isWhole, reduceWhole } from "./whole_planes.ts";

/** The options of {@linkcode globalAverage}. */
export interface GlobalAverageOptions extends AdaptiveOptions {
  /** The mean, the maximum, half of their sum, or both one behind the other. */
  readonly mode: "avg" | "max" | "avgmax" | "catavgmax";
  /** Whether the winners' positions are given too, with mode `max` only. */
  readonly returnIndices: boolean;
}

const total: WindowKernel = windowKernel(
  "adaptive-total",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

const mean: WindowKernel = windowKernel(
  "adaptive-mean",
  ["x"],
  ({ x }, fold) => fold.mean(x),
);

/** The mean of elements whose sums are given. */
const meanOfTotals: WindowKernel = windowKernel(
  "adaptive-mean-of-totals",
  ["x"],
  ({ x, elements }, fold) => fold.sum(x).div(elements),
  { scalars: ["elements"] },
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

/** ½ (a + b) of windows of one element. */
const halfway: WindowKernel = windowKernel(
  "halfway",
  ["a", "b"],
  ({ a, b }, fold) => fold.sum(a.add(b)).mul(0.5),
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
    const plan = planOf(x.shape, options);
    const shape = globalAverage.shape({ x: x.shape }, options);
    if (options.returnIndices) {
      const windows = adaptiveWindows(x.shape, plan);
      const { y, indices } = cx.window(
        greatestWithIndices,
        { values: { x } },
        windows,
      );
      return { y: cx.reshape(y, shape), indices: cx.reshape(indices, shape) };
    }
    const y = {
      avg: () => means(cx, x, plan),
      max: () => maxima(cx, x, plan),
      avgmax: () => middles(cx, x, plan),
      catavgmax: () => both(cx, x, plan),
    }[options.mode]();
    return { y: cx.reshape(y, shape) };
  },
};

function means(cx: Context, x: Value, plan: Plan): Value {
  if (isWhole(plan)) {
    return reduceWhole(cx, x, plan, {
      first: total,
      second: meanOfTotals,
      scalars: { elements: elementsOf(plan.planes) },
      ordered: false,
    });
  }
  return cx.window(mean, { values: { x } }, adaptiveWindows(x.shape, plan)).y;
}

function maxima(cx: Context, x: Value, plan: Plan): Value {
  if (isWhole(plan)) {
    return reduceWhole(cx, x, plan, {
      first: greatest,
      second: greatest,
      // Where gradients go, the first of equal elements must be found.
      ordered: cx.mode === "train",
    });
  }
  const windows = adaptiveWindows(x.shape, plan);
  return cx.window(greatest, { values: { x } }, windows).y;
}

function middles(cx: Context, x: Value, plan: Plan): Value {
  const [a, b] = [means(cx, x, plan), maxima(cx, x, plan)];
  const { axes, layout } = plan.planes;
  const windows = slide(a.shape, { kernelSize: 1, axes, layout });
  return cx.window(halfway, { values: { a, b } }, windows).y;
}

function both(cx: Context, x: Value, plan: Plan): Value {
  const { batched, layout } = plan.planes;
  const axis = layout === "NHWC" ? x.shape.length - 1 : Number(batched);
  return cx.concat([means(cx, x, plan), maxima(cx, x, plan)], axis);
}
