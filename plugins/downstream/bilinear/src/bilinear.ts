import {
  checkShape,
  CONTRACT,
  type PoolingOp,
  type Shape,
  type Shapes,
  sizeOf,
} from "@rockpool/core";
import {
  offDiagScaleRule,
  slide,
  triangle,
  triangleLength,
  type TriangleOptions,
  triangleOrderRule,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import {
  batchedAs,
  featureOptions,
  homogeneousRule,
  pairInputs,
  pairMatrices,
  pairOf,
  type PairOptions,
  products,
} from "./features.ts";
import { ssl2, type Ssl2Options, ssl2Options } from "./ssl2.ts";

/** The options of {@linkcode bilinear}. */
export interface BilinearOptions
  extends PairOptions, Ssl2Options, TriangleOptions {
  /** Whether products are summed over the locations, or averaged. */
  readonly reduction: "sum" | "mean";
  /** Whether the upper triangle is given alone; of x with itself. */
  readonly triu: boolean;
}

const scaled: WindowKernel = windowKernel(
  "scaled",
  ["x"],
  ({ x, scale }, fold) => fold.sum(x.mul(scale)),
  { scalars: ["scale"] },
);

/**
 * Bilinear pooling, second-order pooling of x with itself: the products of each
 * channel of x with each of y, summed over all locations, as one vector; then
 * the signed square root and the L2 norm of the vector.
 *
 * x is `[N, C1, …spatial]`, y `[N, C2, …spatial]`, the output `[N, C1 · C2]`,
 * row by row, or `[N, C (C + 1) / 2]` with `triu`. The gradient of the product B
 * = X Yᵀ is that of the definition, the derivative of the root at 0 that of
 * `gradEps`.
 *
 * Lin, RoyChowdhury and Maji, Bilinear CNN Models for Fine-grained Visual
 * Recognition (2015), arXiv 1504.07889.
 *
 * @throws {RangeError} where x and y differ in items or spatial lengths, or
 * `triu` is asked for of both
 *
 * @example
 * ```ts
 * import { bilinear } from "@rockpool/bilinear";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 2, 2], data: Float32Array.of(1, 2, 0, 1) });
 * const { y } = session.run(bilinear, { x }, { options: { axes: 1 } });
 * // √5, √2, √2 and 1 divided by √10.
 * assertAlmostEquals((await session.read(y)).data[1], 0.4472136, 1e-6);
 * ```
 */
export const bilinear: PoolingOp<BilinearOptions, string, never, "y"> = {
  name: "bilinear",
  contract: CONTRACT,
  summary: "products of channels with channels, summed over all locations",
  category: "downstream",
  options: {
    homogeneous: homogeneousRule,
    reduction: {
      kind: "choice",
      choices: ["sum", "mean"],
      default: "sum",
      help: "whether products are summed over the locations, or averaged",
    },
    ...ssl2Options,
    triu: {
      kind: "boolean",
      default: false,
      help: "whether the upper triangle is given alone, of x with itself",
    },
    order: triangleOrderRule,
    offDiagScale: offDiagScaleRule,
    ...featureOptions,
  },
  inputs: ["x", "y"],
  inputsFor: pairInputs,
  shape: bilinearShape,
  forward(cx, inputs, options) {
    const { reduction, triu } = options;
    const { features, ...pair } = pairMatrices(cx, inputs, options);
    let b = products(cx, pair);
    if (reduction === "mean") {
      const scalars = { scale: 1 / features.x.locations };
      const each = slide(b.shape, { axes: 1, kernelSize: 1 });
      b = cx.window(scaled, { values: { x: b }, scalars }, each).y;
    }
    if (triu) {
      const [items, size] = b.shape;
      b = cx.reshape(triangle(cx, b, options), [
        items,
        1,
        triangleLength(size),
      ]);
    }
    const shape = batchedAs(features.x, [sizeOf(b.shape.slice(1))]);
    return { y: cx.reshape(ssl2(cx, b, options), shape) };
  },
};

function bilinearShape(
  inputs: Shapes<string>,
  options: BilinearOptions,
): Shape {
  const { homogeneous, triu } = options;
  if (triu && !homogeneous) {
    throw new RangeError(
      "Cannot give the upper triangle of x with y: triu needs homogeneous, x with itself",
    );
  }
  const { x, y } = pairOf(inputs, options);
  const shape = batchedAs(x, [
    triu ? triangleLength(x.channels) : x.channels * y.channels,
  ]);
  checkShape(shape, "an output");
  return shape;
}
