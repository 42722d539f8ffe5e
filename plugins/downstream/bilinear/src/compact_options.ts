import type { OptionRule, OptionSpec, Tensor } from "@rockpool/core";
import {
  featureOptions,
  homogeneousRule,
  type PairOptions,
} from "./features.ts";
import { type Ssl2Options, ssl2Options } from "./ssl2.ts";

/** The options of `compactBilinear`. */
export interface CompactOptions extends PairOptions, Ssl2Options {
  /** The length d of a sketch. */
  readonly outputDim: number;
  /** Sums of pairs of channels in buckets, or products of projections. */
  readonly method: "tensorSketch" | "randomMaclaurin";
  /** Whether the sketches of all locations are summed. */
  readonly sumPool: boolean;
  /** What buckets and signs are drawn with, once for all calls. */
  readonly seed: number;
  /** Whether the signs are learned. */
  readonly learnable: boolean;
  /** The bucket of each channel of x, `[C1]`, instead of drawn ones. */
  readonly h1: Tensor | null;
  /** The sign of each channel of x, `[C1]`. */
  readonly s1: Tensor | null;
  /** The bucket of each channel of y, `[C2]`. */
  readonly h2: Tensor | null;
  /** The sign of each channel of y, `[C2]`. */
  readonly s2: Tensor | null;
  /** The projection of x, `[d, C1]`, instead of drawn signs. */
  readonly w1: Tensor | null;
  /** The projection of y, `[d, C2]`. */
  readonly w2: Tensor | null;
}

/** The rules for {@linkcode CompactOptions}. */
export const compactOptions: OptionSpec<CompactOptions> = {
  homogeneous: homogeneousRule,
  outputDim: {
    kind: "integer",
    min: 1,
    default: 8192,
    help: "the length of a sketch",
  },
  method: {
    kind: "choice",
    choices: ["tensorSketch", "randomMaclaurin"],
    default: "tensorSketch",
    help: "sums of pairs of channels in buckets, or products of projections",
  },
  sumPool: {
    kind: "boolean",
    default: true,
    help: "whether the sketches of all locations are summed",
  },
  seed: {
    kind: "integer",
    min: 0,
    max: 2 ** 32 - 1,
    default: 1,
    help: "what buckets and signs are drawn with, once for all calls",
  },
  learnable: {
    kind: "boolean",
    default: false,
    help: "whether signs, or projections, are learned",
  },
  h1: given("tensorSketch: the bucket of each channel of x, [C1]"),
  s1: given("tensorSketch: the sign of each channel of x, [C1]"),
  h2: given("tensorSketch: the bucket of each channel of y, [C2]"),
  s2: given("tensorSketch: the sign of each channel of y, [C2]"),
  w1: given("randomMaclaurin: the projection of x, [outputDim, C1]"),
  w2: given("randomMaclaurin: the projection of y, [outputDim, C2]"),
  ...ssl2Options,
  ...featureOptions,
};

/** The rule for a table that is drawn where it is not given. */
function given(what: string): OptionRule<Tensor | null> {
  return {
    kind: "tensor",
    nullable: true,
    default: null,
    help: `of method ${what}; null draws it`,
  };
}
