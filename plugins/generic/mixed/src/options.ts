import { formatShape, type OptionSpec, type Tensor } from "@rockpool/core";
import {
  type SlideOptions,
  slideOptions,
  trainingRule,
} from "@rockpool/kernel";

/** What one draw of λ is for. */
export type Granularity = "plane" | "channel" | "layer" | "window";

/** The options of mixed pooling. */
export interface MixedOptions extends SlideOptions {
  /** The share of the maximum, or where learning it begins; null is random. */
  readonly lambda: number | null;
  /** How likely a draw is to choose the maximum. */
  readonly probability: number;
  /** What one draw is for. */
  readonly granularity: Granularity;
  /** What takes the place of draws in inference. */
  readonly evalMode: "expectation" | "frequency";
  /** Whether to draw; null is to draw in a session that trains. */
  readonly training: boolean | null;
  /** How often training chose maximum and mean so far, of shape `[2, C]`. */
  readonly counts: Tensor | null;
  /** Whether padding counts as elements of value 0 in the mean. */
  readonly countIncludePad: boolean;
  /** Whether the share of the maximum is a weight, and how many there are. */
  readonly learnLambda: "none" | "layer" | "channel";
}

/** The rules of {@linkcode MixedOptions}. */
export const mixedOptions: OptionSpec<MixedOptions> = {
  ...slideOptions,
  lambda: {
    kind: "number",
    min: 0,
    max: 1,
    nullable: true,
    default: null,
    help:
      "the share of the maximum, or where learning it begins; null is random",
  },
  probability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.5,
    help: "how likely a draw is to choose the maximum",
  },
  granularity: {
    kind: "choice",
    choices: ["plane", "channel", "layer", "window"],
    default: "plane",
    help: "what one draw is for",
  },
  evalMode: {
    kind: "choice",
    choices: ["expectation", "frequency"],
    default: "expectation",
    help:
      "what takes the place of draws in inference: the probability, or what counts has more of",
  },
  training: trainingRule,
  counts: {
    kind: "tensor",
    nullable: true,
    default: null,
    help:
      "how often training chose maximum and mean so far, int32 of shape [2, C]",
  },
  countIncludePad: {
    kind: "boolean",
    default: true,
    help: "whether padding counts as elements of value 0 in the mean",
  },
  learnLambda: {
    kind: "choice",
    choices: ["none", "layer", "channel"],
    default: "none",
    help:
      "whether the share of the maximum is a weight, one or one per channel",
  },
};

/**
 * Checks the counts against the channels that they are of.
 *
 * @throws {TypeError} where they are needed and missing, or no int32
 * @throws {RangeError} where they have another shape
 */
export function checkCounts(
  { evalMode, counts }: MixedOptions,
  channels: number,
): void {
  const needed = formatShape([2, channels]);
  if (counts === null) {
    if (evalMode !== "frequency") return;
    throw new TypeError(
      `Option counts is null: with evalMode "frequency" int32 of shape ${needed} is needed`,
    );
  }
  const { shape, data } = counts;
  if (!(data instanceof Int32Array)) {
    throw new TypeError("Option counts is float32: int32 is needed");
  }
  if (shape.length !== 2 || shape[0] !== 2 || shape[1] !== channels) {
    throw new RangeError(
      `Option counts has shape ${
        formatShape(shape)
      }: ${needed} is needed, a row for the maximum and one for the mean`,
    );
  }
}
