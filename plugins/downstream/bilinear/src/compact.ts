import {
  checkShape,
  type Context,
  CONTRACT,
  type PoolingOp,
  type Shape,
  type Tensor,
  type Value,
  type Values,
} from "@rockpool/core";
import { type CompactOptions, compactOptions } from "./compact_options.ts";
import {
  checkTables,
  type CompactWeight,
  compactWeights,
  countSketches,
  projections,
} from "./compact_tables.ts";
import {
  batchedAs,
  type Features,
  mapsShape,
  type MatrixPair,
  type PairFeatures,
  pairInputs,
  pairMatrices,
  pairOf,
} from "./features.ts";
import { randomMaclaurin } from "./random_maclaurin.ts";
import { ssl2 } from "./ssl2.ts";
import { sketchOf, tensorSketch, withSigns } from "./tensor_sketch.ts";

/**
 * Compact bilinear pooling: a vector of `outputDim` numbers whose products are
 * on average those of the whole bilinear vectors, ⟨x, y⟩²; then the signed
 * square root and the L2 norm. With two inputs it is Multimodal Compact
 * Bilinear pooling (MCB).
 *
 * Method `tensorSketch` adds the products of all pairs of channels, with signs,
 * in buckets drawn by `seed`, `randomMaclaurin` multiplies projections by signs.
 * x is `[N, C1, …spatial]`, y `[N, C2, …spatial]`, the output `[N, d]`, or
 * `[N, d, …spatial]` without `sumPool`.
 *
 * Gao, Beijbom, Zhang and Darrell, Compact Bilinear Pooling (2016), arXiv
 * 1511.06062; Fukui et al., Multimodal Compact Bilinear Pooling (2016), arXiv
 * 1606.01847.
 *
 * @throws {RangeError} where x and y differ in items or spatial lengths, or a
 * given table does not fit
 *
 * @example
 * ```ts
 * import { compactBilinear } from "@rockpool/bilinear/compact";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 2, 2], data: Float32Array.of(1, 2, 0, 1) });
 * const numbers = (...data: number[]) =>
 *   ({ shape: [data.length], data: Float32Array.from(data) });
 * const { y } = session.run(compactBilinear, { x }, {
 *   options: {
 *     axes: 1,
 *     outputDim: 4,
 *     h1: numbers(0, 2),
 *     s1: numbers(1, -1),
 *     h2: numbers(1, 3),
 *     s2: numbers(1, -1),
 *     signedSqrt: false,
 *     l2Norm: false,
 *   },
 * });
 * assertEquals([...(await session.read(y)).data], [0, 6, 0, -4]);
 * ```
 */
export const compactBilinear: PoolingOp<
  CompactOptions,
  string,
  CompactWeight,
  "y"
> = {
  name: "compact-bilinear",
  contract: CONTRACT,
  summary: "a short sketch of the products of channels with channels",
  category: "downstream",
  options: compactOptions,
  inputs: ["x", "y"],
  inputsFor: pairInputs,
  shape(inputs, options) {
    const features = pairOf(inputs, options);
    checkTables(features, options);
    const shape = compactShape(features.x, options);
    checkShape(shape, "an output");
    return shape;
  },
  weights: (inputs, options) =>
    compactWeights(pairOf(inputs, options), options),
  forward(cx, inputs, options, weights) {
    const { features, ...pair } = pairMatrices(cx, inputs, options);
    const how = { features, options, weights };
    const phi = options.method === "tensorSketch"
      ? sketched(cx, pair, how)
      : projected(cx, pair, how);
    const shape = compactShape(features.x, options);
    return { y: cx.reshape(ssl2(cx, phi, options), shape) };
  },
};

/** The shape of a sketch, or of the sketches of all locations. */
function compactShape(
  x: Features,
  { sumPool, outputDim }: CompactOptions,
): Shape {
  return sumPool ? batchedAs(x, [outputDim]) : mapsShape(x, outputDim);
}

/** What decides a sketch besides what is sketched. */
interface How {
  readonly features: PairFeatures;
  readonly options: CompactOptions;
  readonly weights: Values<CompactWeight>;
}

function sketched(
  cx: Context,
  { x, y, layout }: MatrixPair,
  { features, options, weights }: How,
): Value {
  const { learnable, outputDim, sumPool } = options;
  const [first, second] = countSketches(features, options);
  const sketch = sketchOf(first, second, outputDim);
  const signed = learnable
    ? {
      x: withSigns(cx, x, weights.s1, layout),
      y: withSigns(cx, y, weights.s2, layout),
    }
    : { x, y };
  return tensorSketch(cx, { ...signed, layout }, { sketch, sumPool });
}

function projected(
  cx: Context,
  pair: MatrixPair,
  { features, options, weights }: How,
): Value {
  const { w1, w2 } = options.learnable
    ? weights
    : constants(cx, projections(features, options));
  return randomMaclaurin(cx, { ...pair, w1, w2 }, options.sumPool);
}

function constants(
  cx: Context,
  tensors: Readonly<Record<"w1" | "w2", Tensor>>,
) {
  return { w1: cx.constant(tensors.w1), w2: cx.constant(tensors.w2) };
}
