import type { OptionSpec } from "@rockpool/core";
import { type FeatureOptions, featureOptions } from "./features.ts";
import { type Ssl2Options, ssl2Options } from "./ssl2.ts";

/** The options of `lowRankBilinear`. */
export interface LowRankOptions
  extends FeatureOptions, Pick<Ssl2Options, "gradEps"> {
  /** Classes K, a score for each. */
  readonly numClasses: number;
  /** Factors r of each class and sign. */
  readonly rank: number;
  /** Channels m that are projected to, the same for all classes; null is none. */
  readonly projDim: number | null;
  /** Whether a class has factors that count against it. */
  readonly useNegative: boolean;
  /** Whether a number per class is added. */
  readonly bias: boolean;
  /** Whether each feature is replaced by its root, with its sign, before. */
  readonly signedSqrt: boolean;
  /** What initial weights are drawn with. */
  readonly seed: number;
}

/** The rules for {@linkcode LowRankOptions}. */
export const lowRankOptions: OptionSpec<LowRankOptions> = {
  numClasses: {
    kind: "integer",
    min: 1,
    help: "classes, a score for each",
  },
  rank: {
    kind: "integer",
    min: 1,
    default: 4,
    help: "factors of each class and sign",
  },
  projDim: {
    kind: "integer",
    min: 1,
    nullable: true,
    default: null,
    help: "channels that are projected to, for all classes; null is none",
  },
  useNegative: {
    kind: "boolean",
    default: true,
    help: "whether a class has factors that count against it",
  },
  bias: {
    kind: "boolean",
    default: true,
    help: "whether a number per class is added",
  },
  signedSqrt: {
    ...ssl2Options.signedSqrt,
    default: false,
    help: "whether each feature is replaced by its root, with its sign, before",
  },
  gradEps: {
    ...ssl2Options.gradEps,
    help:
      "what is added in the derivative of such a root, which would be infinite at 0",
  },
  seed: {
    kind: "integer",
    min: 0,
    max: 2 ** 32 - 1,
    default: 1,
    help: "what initial weights are drawn with",
  },
  ...featureOptions,
};
