import {
  equalShapes,
  formatShape,
  type Shape,
  type Tensor,
  type WeightSpec,
} from "@rockpool/core";
import type { CompactOptions } from "./compact_options.ts";
import type { PairFeatures } from "./features.ts";
import {
  type CountSketch,
  countSketch,
  signMatrix,
  type Which,
} from "./hashes.ts";

/** The weights of `compactBilinear`, of either method. */
export type CompactWeight = "s1" | "s2" | "w1" | "w2";

/**
 * Checks the tables that are given.
 *
 * @throws {RangeError} for one of another method or shape, or a bucket that
 * there is not
 */
export function checkTables(
  { x, y }: PairFeatures,
  options: CompactOptions,
): void {
  const { method, outputDim } = options;
  const shapes: Readonly<Record<CompactOptions["method"], Tables>> = {
    tensorSketch: {
      h1: [x.channels],
      s1: [x.channels],
      h2: [y.channels],
      s2: [y.channels],
    },
    randomMaclaurin: {
      w1: [outputDim, x.channels],
      w2: [outputDim, y.channels],
    },
  };
  for (const [of, tables] of Object.entries(shapes)) {
    for (const [name, shape] of Object.entries(tables)) {
      const table = options[name as keyof CompactOptions] as Tensor | null;
      if (!table) continue;
      if (of !== method) {
        throw new RangeError(
          `Option ${name} is given: method "${of}" alone takes it, method is "${method}"`,
        );
      }
      if (!equalShapes(table.shape, shape)) {
        throw new RangeError(
          `Option ${name} has shape ${formatShape(table.shape)}: ${
            formatShape(shape)
          } is needed`,
        );
      }
      if (name.startsWith("h")) checkBuckets(name, table, outputDim);
    }
  }
}

/** Shapes by the names of options. */
type Tables = Readonly<Record<string, Shape>>;

function checkBuckets(name: string, { data }: Tensor, outputDim: number): void {
  for (const bucket of data) {
    if (Number.isInteger(bucket) && bucket >= 0 && bucket < outputDim) continue;
    throw new RangeError(
      `Option ${name} holds ${bucket}: integers of at least 0 and less than outputDim, ${outputDim}, are needed`,
    );
  }
}

/** The buckets and signs of both inputs; signs that are learned are left out. */
export function countSketches(
  { x, y }: PairFeatures,
  options: CompactOptions,
): readonly [CountSketch, CountSketch] {
  const { h1, s1, h2, s2, learnable } = options;
  const of = (
    channels: number,
    which: Which,
    { h, s }: { readonly h: Tensor | null; readonly s: Tensor | null },
  ): CountSketch => {
    const drawn = drawnSketch(channels, which, options);
    return {
      buckets: h?.data ?? drawn.buckets,
      signs: learnable
        ? new Float32Array(channels).fill(1)
        : s?.data ?? drawn.signs,
    };
  };
  return [
    of(x.channels, 0, { h: h1, s: s1 }),
    of(y.channels, 1, { h: h2, s: s2 }),
  ];
}

function drawnSketch(
  channels: number,
  which: Which,
  { outputDim, seed }: CompactOptions,
) {
  return countSketch(channels, { buckets: outputDim, seed, which });
}

/** The projections of both inputs, given or drawn; to be read only. */
export function projections(
  { x, y }: PairFeatures,
  { w1, w2, outputDim, seed }: CompactOptions,
): Readonly<Record<"w1" | "w2", Tensor>> {
  const drawn = (channels: number, which: Which): Tensor => ({
    shape: [outputDim, channels],
    data: signMatrix([outputDim, channels], { seed, which }),
  });
  return {
    w1: w1 ?? drawn(x.channels, 0),
    w2: w2 ?? drawn(y.channels, 1),
  };
}

/** What is learned, with the tables as initial values. */
export function compactWeights(
  features: PairFeatures,
  options: CompactOptions,
): Record<CompactWeight, WeightSpec> {
  const { method, outputDim } = options;
  const weights: Partial<Record<CompactWeight, WeightSpec>> = {};
  const inputs = [features.x, features.y];
  for (const [which, { channels }] of inputs.entries()) {
    if (!options.learnable) break;
    const of = which === 0 ? "x" : "y";
    if (method === "tensorSketch") {
      const name = which === 0 ? "s1" : "s2";
      weights[name] = {
        shape: [channels],
        // Drawn when it is asked for, which training does once.
        get initial() {
          const given = options[name]?.data;
          return Float32Array.from(
            given ?? drawnSketch(channels, which as Which, options).signs,
          );
        },
        help: `what channels of ${of} are multiplied by`,
      };
    } else {
      const name = which === 0 ? "w1" : "w2";
      weights[name] = {
        shape: [outputDim, channels],
        get initial() {
          return Float32Array.from(projections(features, options)[name].data);
        },
        help: `the projection of ${of}`,
      };
    }
  }
  // The type has no way to say that options decide which weights there are.
  return weights as Record<CompactWeight, WeightSpec>;
}
