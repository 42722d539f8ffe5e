import {
  type Context,
  CONTRACT,
  type PoolingOp,
  type Value,
} from "@rockpool/core";
import { type PositionSamples, productSamples } from "@rockpool/kernel";
import {
  type AlignOptions,
  alignRegions,
  windowMeans,
} from "./align_regions.ts";
import { greatest } from "./greatest.ts";
import { regionsOptions, samplingRatioRule } from "./options.ts";
import { itemsOf, planOf, regionsShape } from "./plan.ts";
import { type Points, pointsOf } from "./points.ts";
import { remember } from "./remember.ts";

/** The options of {@linkcode roiAlign}. */
export interface RoiAlignOptions extends AlignOptions {
  /** What a window gives of its points. */
  readonly mode: "avg" | "max";
}

/**
 * RoIAlign: the mean, or the greatest, of points of each part of regions of
 * interest, read between elements by linear interpolation.
 *
 * Corners are multiplied by `spatialScale` and not rounded; with `aligned` half
 * an element is subtracted, since a coordinate of 0 is then the border of the
 * first element and not its centre, and without it a region is at least 1 long.
 * A point up to 1 outside the input is the element at the border, one further
 * away is 0, and both count. A window without points gives 0.
 *
 * `x` is `[N, C, …spatial]`, `rois` `[K, 1 + 2 · axes]`, the output
 * `[K, C, …outputSize]`. Regions have no gradient.
 *
 * He, Gkioxari, Dollár and Girshick, Mask R-CNN (2017), arXiv 1703.06870.
 *
 * @throws {RangeError} where a row of `rois` names no item of the batch or
 * holds what is no number, or a window has more than 4096 points along an axis
 *
 * @example
 * ```ts
 * import { roiAlign } from "@rockpool/roi/align";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.from({ length: 16 }, (_, index) => index);
 * const x = session.upload({ shape: [1, 1, 4, 4], data });
 * const rois = { shape: [1, 5], data: Float32Array.of(0, 1, 1, 3, 3) };
 * const { y } = session.run(roiAlign, { x }, {
 *   options: { rois, outputSize: 2, samplingRatio: 1, aligned: true },
 * });
 * assertEquals([...(await session.read(y)).data], [5, 6, 9, 10]);
 * ```
 */
export const roiAlign: PoolingOp<RoiAlignOptions, "x", never, "y"> = {
  name: "roi-align",
  contract: CONTRACT,
  summary: "the mean of interpolated points of parts of regions of interest",
  category: "downstream",
  options: {
    ...regionsOptions,
    samplingRatio: samplingRatioRule,
    aligned: {
      kind: "boolean",
      default: false,
      help: "whether element i has its centre at i + ½, not at i",
    },
    mode: {
      kind: "choice",
      choices: ["avg", "max"],
      default: "avg",
      help: "whether a window gives the mean of its points or the greatest",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => regionsShape(planOf(x, options)),
  forward(cx, { x }, options) {
    const { shape } = x;
    // Without regions there are no points to take the greatest of.
    const greatestPoint = options.mode === "max" && options.rois.shape[0] > 0;
    const y = greatestPoint
      ? greatestOf(cx, x, remember("points", { shape, options }, points))
      : cx.sample(x, remember("means", { shape, options }, means));
    return { y };

    function points(): Points {
      const plan = planOf(shape, options);
      return pointsOf(shape, plan, alignRegions(plan, options));
    }
    function means(): PositionSamples {
      const plan = planOf(shape, options);
      const rows = windowMeans(plan, alignRegions(plan, options));
      return productSamples(shape, {
        items: itemsOf(plan, rows),
        outputSize: plan.outputSize,
        layout: options.layout,
      });
    }
  },
};

function greatestOf(
  cx: Context,
  x: Value,
  { samples, windows }: Points,
): Value {
  const values = { x: cx.sample(x, samples) };
  return cx.window(greatest, { values }, windows).y;
}
