import type { Layout, OptionSpec } from "@rockpool/core";
import { axesRule, layoutRule, type PerAxis } from "@rockpool/kernel";

/** The options of {@linkcode dynamicOptimized}. */
export interface DynamicOptimizedOptions {
  /** Where learning the output's part of the input begins; the weight is `r`. */
  readonly r: PerAxis | null;
  /** Where learning the inverse of it begins; the weight is `alpha`. */
  readonly alpha: PerAxis | null;
  /** Whether queries are a quarter of a cell from its centre, or a weight. */
  readonly delta: "tied" | "learned";
  /** What the values of a cell's queries become. */
  readonly aggregation: "max" | "average";
  /** Where a length halfway between two integers goes. */
  readonly rounding: "halfUp" | "halfEven";
  /** The greatest spatial lengths of the output; null is four times the input's. */
  readonly maxOutput: PerAxis | null;
  /** How much the output `cost` weighs; with 0 there is none. */
  readonly gmacWeight: number;
  /** Giga-multiply-adds of the layers behind, at the initial size. */
  readonly gmacs: number;
  /** The spatial lengths those are for; null is the output at the initial weights. */
  readonly initialSize: PerAxis | null;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/** The rules for {@linkcode DynamicOptimizedOptions}. */
export const dynamicOptimizedOptions: OptionSpec<DynamicOptimizedOptions> = {
  r: {
    kind: "ratios",
    above: 0,
    nullable: true,
    default: null,
    help:
      "spatial lengths of the output as a part of the input's, where learning begins; the weight is r",
  },
  alpha: {
    kind: "ratios",
    above: 0,
    nullable: true,
    default: null,
    help:
      "the inverse of r, where learning begins; the weight is alpha; 2 where r is null too",
  },
  delta: {
    kind: "choice",
    choices: ["tied", "learned"],
    default: "tied",
    help:
      "whether queries are a quarter of a cell from its centre, or as far as the weight delta says",
  },
  aggregation: {
    kind: "choice",
    choices: ["max", "average"],
    default: "max",
    help: "what the values of a cell's queries become",
  },
  rounding: {
    kind: "choice",
    choices: ["halfUp", "halfEven"],
    default: "halfUp",
    help: "where a length halfway between two integers goes",
  },
  maxOutput: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help:
      "greatest spatial lengths of the output; null is four times the input's",
  },
  gmacWeight: {
    kind: "number",
    min: 0,
    default: 0,
    help: "what the output cost weighs; with 0 there is no such output",
  },
  gmacs: {
    kind: "number",
    min: 0,
    default: 1,
    help: "giga-multiply-adds of the layers behind, at the initial size",
  },
  initialSize: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help:
      "spatial lengths that gmacs is for; null is the output at the initial weights",
  },
  layout: layoutRule,
  axes: axesRule,
};
