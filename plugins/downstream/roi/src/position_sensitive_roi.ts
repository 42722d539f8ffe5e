import { CONTRACT, formatShape, type PoolingOp } from "@rockpool/core";
import { alignRegions, windowMeans } from "./align_regions.ts";
import { meanBins } from "./mean_bins.ts";
import {
  type RegionsOptions,
  regionsOptions,
  samplingRatioRule,
} from "./options.ts";
import { planOf, type RegionsPlan, regionsShape } from "./plan.ts";
import { remember } from "./remember.ts";
import { windowChannels, windowsOf } from "./window_channels.ts";

/** The options of {@linkcode positionSensitiveRoi}. */
export interface PositionSensitiveRoiOptions extends RegionsOptions {
  /** Whether a window gives the mean of its elements or of interpolated points. */
  readonly method: "pool" | "align";
  /** Whether method `pool` reads the last element along each axis. */
  readonly clipMode: "exact" | "torchvision";
  /** Points of a window of method `align` along each axis. */
  readonly samplingRatio: number;
}

/**
 * Position-sensitive RoI pooling: the mean of each part of regions of interest,
 * where each part reads channels of its own.
 *
 * Of P parts, part p of channel c of the output reads channel `c · P + p` of
 * the input, whose channels must be a multiple of P. Method `pool` takes the
 * mean over elements: corners are multiplied by `spatialScale` and rounded half
 * away from zero, and the last one does not belong to the region. Method
 * `align` takes that of points as {@linkcode roiAlign} with `aligned` does. A
 * part without elements or points gives 0.
 *
 * `x` is `[N, C, …spatial]`, `rois` `[K, 1 + 2 · axes]`, the output
 * `[K, C / P, …outputSize]`. Regions have no gradient.
 *
 * Dai, Li, He and Sun, R-FCN (2016), arXiv 1605.06409.
 *
 * @throws {RangeError} where the channels are no multiple of the parts, or a
 * row of `rois` names no item of the batch or holds what is no number
 *
 * @example
 * ```ts
 * import { positionSensitiveRoi } from "@rockpool/roi/position-sensitive";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const data = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
 * const x = session.upload({ shape: [1, 2, 4], data });
 * const rois = { shape: [1, 3], data: Float32Array.of(0, 0, 4) };
 * const { y } = session.run(positionSensitiveRoi, { x }, {
 *   options: { rois, outputSize: 2 },
 * });
 * assertEquals([...(await session.read(y)).data], [1.5, 35]);
 * ```
 */
export const positionSensitiveRoi: PoolingOp<
  PositionSensitiveRoiOptions,
  "x",
  never,
  "y"
> = {
  name: "position-sensitive-roi",
  contract: CONTRACT,
  summary: "the mean of each part of regions, each of channels of its own",
  category: "downstream",
  options: {
    ...regionsOptions,
    method: {
      kind: "choice",
      choices: ["pool", "align"],
      default: "pool",
      help: "whether a window gives the mean of its elements or of points",
    },
    clipMode: {
      kind: "choice",
      choices: ["exact", "torchvision"],
      default: "exact",
      help:
        "whether method pool reads the last element along each axis; torchvision does not",
    },
    samplingRatio: {
      ...samplingRatioRule,
      help: `of method align: ${samplingRatioRule.help}`,
    },
  },
  inputs: ["x"],
  shape({ x }, options) {
    const plan = planOf(x, options);
    return regionsShape(plan, channelsOf(plan));
  },
  forward(cx, { x }, options) {
    const { shape } = x;
    const samples = remember("channels", { shape, options }, () => {
      const plan = planOf(shape, options);
      return windowChannels(shape, plan, rowsOf(plan, options));
    });
    return { y: cx.sample(x, samples) };
  },
};

/** What each window is the mean of, along each axis of each region. */
function rowsOf(
  plan: RegionsPlan,
  options: PositionSensitiveRoiOptions,
): ReturnType<typeof meanBins> {
  if (options.method === "align") {
    return windowMeans(plan, alignRegions(plan, { ...options, aligned: true }));
  }
  const less = options.clipMode === "torchvision" ? 1 : 0;
  const limits = plan.planes.spatial.map((length) => length - less);
  return meanBins(plan, { options, limits });
}

/** The channels of the output. */
function channelsOf(plan: RegionsPlan): number {
  const { planes: { channels }, outputSize } = plan;
  const windows = windowsOf(plan);
  if (channels % windows === 0) return channels / windows;
  throw new RangeError(
    `Cannot pool ${channels} channels by position: a multiple of ${windows} is needed, as many as there are windows of outputSize ${
      formatShape(outputSize)
    }`,
  );
}
