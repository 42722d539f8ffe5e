import { type Shape, sizeOf, type WeightSpec } from "@rockpool/core";
import { normal } from "@rockpool/kernel";
import { featuresOf } from "./features.ts";
import type { LowRankOptions } from "./low_rank_options.ts";

/** The weights of `lowRankBilinear`. */
export type LowRankWeight = "projection" | "positive" | "negative" | "bias";

/** The slots of random words for each weight that is drawn. */
const SLOTS = { projection: 0x44, positive: 0x45, negative: 0x46 };

/** Weights with the initial values of the authors' code. */
export function lowRankWeights(
  x: Shape,
  options: LowRankOptions,
): Record<LowRankWeight, WeightSpec> {
  const { numClasses, rank, projDim, seed } = options;
  const { channels } = featuresOf(x, options);
  const drawn = (
    name: keyof typeof SLOTS,
    { shape, variance, help }: {
      readonly shape: Shape;
      readonly variance: number;
      readonly help: string;
    },
  ): WeightSpec => ({
    shape,
    // Drawn when it is asked for, which training does once.
    get initial() {
      const deviation = Math.sqrt(variance);
      return normal(sizeOf(shape), { seed, slot: SLOTS[name], deviation });
    },
    help,
  });
  const factors = (name: "positive" | "negative", help: string) =>
    drawn(name, {
      shape: [numClasses, rank, projDim ?? channels],
      variance: 2 / numClasses,
      help,
    });
  const weights: Partial<Record<LowRankWeight, WeightSpec>> = {
    positive: factors("positive", "factors that count for a class"),
  };
  if (options.useNegative) {
    weights.negative = factors("negative", "factors that count against one");
  }
  if (projDim !== null) {
    weights.projection = drawn("projection", {
      shape: [projDim, channels],
      variance: 1 / channels,
      help: "what features are projected by",
    });
  }
  if (options.bias) {
    weights.bias = {
      shape: [numClasses],
      initial: 0,
      help: "what is added to each score",
    };
  }
  // The type has no way to say that options decide which weights there are.
  return weights as Record<LowRankWeight, WeightSpec>;
}
