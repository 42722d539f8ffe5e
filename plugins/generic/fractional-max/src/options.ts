import type { Layout, OptionSpec, Tensor } from "@rockpool/core";
import { axesRule, layoutRule, type PerAxis } from "@rockpool/kernel";

/** The options of `fractionalMax`. */
export interface FractionalMaxOptions {
  /** Elements of a window along each axis, for scheme `torch` only. */
  readonly kernelSize: PerAxis | null;
  /** The spatial lengths of the output. */
  readonly outputSize: PerAxis | null;
  /** The same as a part of the input's, rounded down. */
  readonly outputRatio: PerAxis | null;
  /** How windows are placed: as PyTorch does, or in one of the paper's ways. */
  readonly scheme: "torch" | "pseudorandom" | "random";
  /** Whether neighbouring windows of the paper's schemes share their border. */
  readonly overlapping: boolean;
  /** What has windows of its own; null is each plane for `torch`, else the layer. */
  readonly granularity: "plane" | "layer" | null;
  /** The samples u, `[N, C, axes]`, instead of drawn ones. */
  readonly randomSamples: Tensor | null;
  /** Whether the winners' positions are given too. */
  readonly returnIndices: boolean;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/** The rules for {@linkcode FractionalMaxOptions}. */
export const fractionalMaxOptions: OptionSpec<FractionalMaxOptions> = {
  kernelSize: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help: "elements of a window along each axis; scheme torch alone needs it",
  },
  outputSize: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help: "spatial lengths of the output; this or outputRatio is needed",
  },
  outputRatio: {
    kind: "ratios",
    above: 0,
    below: 1,
    nullable: true,
    default: null,
    help: "spatial lengths of the output as a part of the input's",
  },
  scheme: {
    kind: "choice",
    choices: ["torch", "pseudorandom", "random"],
    default: "torch",
    help: "how windows are placed: as PyTorch does, or in a way of the paper",
  },
  overlapping: {
    kind: "boolean",
    default: true,
    help: "whether neighbouring windows of the paper's schemes share a border",
  },
  granularity: {
    kind: "choice",
    choices: ["plane", "layer"],
    nullable: true,
    default: null,
    help:
      "what has windows of its own; null is plane for scheme torch, else layer",
  },
  randomSamples: {
    kind: "tensor",
    nullable: true,
    default: null,
    help:
      "samples in [0, 1) to place the windows by, [N, C, axes], width first of two axes; null draws them",
  },
  returnIndices: {
    kind: "boolean",
    default: false,
    help: "whether the winners' positions are given too",
  },
  layout: layoutRule,
  axes: axesRule,
};
