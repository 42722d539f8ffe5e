import type { Layout, OptionRule, OptionSpec, Tensor } from "@rockpool/core";
import { axesRule, layoutRule, type PerAxis } from "@rockpool/kernel";

/** The options of every operator on regions of interest. */
export interface RegionsOptions {
  /**
   * The regions, `[K, 1 + 2 · axes]`: in each row the item of the batch, the
   * first corner and the last one, fastest axis first: `[n, x1, y1, x2, y2]`.
   */
  readonly rois: Tensor;
  /** Windows that each region is divided into along each axis. */
  readonly outputSize: PerAxis;
  /** What the corners are multiplied by to count elements. */
  readonly spatialScale: number;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as the regions have. */
  readonly axes: number | null;
}

/** The rules for {@linkcode RegionsOptions}. */
export const regionsOptions: OptionSpec<RegionsOptions> = {
  rois: {
    kind: "tensor",
    help:
      "the regions, [K, 1 + 2 axes]: item, first corner and last corner, fastest axis first",
  },
  outputSize: {
    kind: "axes",
    min: 1,
    help: "windows that each region is divided into along each axis",
  },
  spatialScale: {
    kind: "number",
    above: 0,
    default: 1,
    help: "what the corners are multiplied by to count elements",
  },
  layout: layoutRule,
  axes: { ...axesRule, help: "spatial axes; null is as many as rois have" },
};

/** The rule for `samplingRatio`. */
export const samplingRatioRule: OptionRule<number> = {
  kind: "integer",
  max: 4096,
  default: -1,
  help:
    "points of a window along each axis; below 1 as many as it has elements, rounded up",
};
