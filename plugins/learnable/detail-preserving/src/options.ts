import type { OptionSpec } from "@rockpool/core";
import {
  type PerAxis,
  type SlideOptions,
  slideOptions,
} from "@rockpool/kernel";

/** What the stored parameters are of the effective ones. */
export type Parametrization = "exp" | "softplus" | "direct";

/** The options of detail-preserving pooling. */
export interface DetailPreservingOptions extends SlideOptions {
  /** Whether all that stands out counts, or only what is above the guide. */
  readonly variant: "sym" | "asym";
  /** What elements stand out from: the mean of the window or a learned filter. */
  readonly guide: "lite" | "full";
  /** What squared differences are divided by. */
  readonly normalize: "none" | "mean" | "sum";
  /** The difference that is as good as none. */
  readonly epsilon: number;
  /** What the stored parameters are of the effective ones. */
  readonly parametrization: Parametrization;
  /** The greatest ln α; null is none. */
  readonly maxLogAlpha: number | null;
  /** Whether all channels have one α and one λ. */
  readonly shared: boolean;
  /** Elements of the guide's filter along each axis. */
  readonly filterSize: PerAxis;
  /** How far the first filter begins before the input. */
  readonly filterPadding: PerAxis;
  /** Whether the guide has a bias. */
  readonly filterBias: boolean;
}

/** The rules of {@linkcode DetailPreservingOptions}. */
export const detailPreservingOptions: OptionSpec<DetailPreservingOptions> = {
  ...slideOptions,
  kernelSize: { ...slideOptions.kernelSize, default: 2 },
  variant: {
    kind: "choice",
    choices: ["sym", "asym"],
    default: "sym",
    help: "whether all that stands out counts, or only what is above the guide",
  },
  guide: {
    kind: "choice",
    choices: ["lite", "full"],
    default: "lite",
    help:
      "what elements stand out from: the mean of the window or a learned filter",
  },
  normalize: {
    kind: "choice",
    choices: ["none", "mean", "sum"],
    default: "none",
    help: "what of the window squared differences are divided by",
  },
  // Its square must be a float32 that is neither 0 nor infinite.
  epsilon: {
    kind: "number",
    min: 1e-18,
    max: 1e9,
    default: Math.sqrt(1e-3),
    help: "a difference whose square is added to that of each element",
  },
  parametrization: {
    kind: "choice",
    choices: ["exp", "softplus", "direct"],
    default: "exp",
    help: "which function of the weights alpha and lambda is α and λ",
  },
  maxLogAlpha: {
    kind: "number",
    nullable: true,
    default: null,
    help: "the greatest ln α; null is none",
  },
  shared: {
    kind: "boolean",
    default: false,
    help: "whether all channels have one alpha and one lambda",
  },
  filterSize: {
    kind: "axes",
    min: 1,
    default: 3,
    help: "elements of the guide's filter along each axis",
  },
  filterPadding: {
    kind: "axes",
    min: 0,
    default: 1,
    help: "how far the first filter begins before the input",
  },
  filterBias: {
    kind: "boolean",
    default: false,
    help: "whether the guide has a bias",
  },
};
