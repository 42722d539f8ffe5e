import {
  checkShape,
  CONTRACT,
  type OptionSpec,
  type PoolingOp,
  type Shape,
} from "@rockpool/core";
import {
  matmulKernel,
  offDiagScaleRule,
  triangle,
  triangleLength,
  type TriangleOptions,
  triangleOrderRule,
} from "@rockpool/kernel";
import {
  batchedAs,
  type FeatureOptions,
  featureOptions,
  featuresOf,
  matricesOf,
} from "./features.ts";
import { leadingBasis, type SubspaceOptions } from "./subspace.ts";

/** The options of {@linkcode grassmann}. */
export interface GrassmannOptions
  extends FeatureOptions, Omit<SubspaceOptions, "layout">, TriangleOptions {
  /** An orthonormal basis, or the matrix of the projection onto the subspace. */
  readonly output: "basis" | "projector";
  /** Whether the upper triangle of a projector is given alone. */
  readonly triu: boolean;
}

const options: OptionSpec<GrassmannOptions> = {
  k: {
    kind: "integer",
    min: 1,
    help:
      "the dimension of the subspace, as many as channels or locations at most",
  },
  output: {
    kind: "choice",
    choices: ["basis", "projector"],
    default: "basis",
    help: "an orthonormal basis, or the matrix of the projection onto it",
  },
  gradient: {
    kind: "choice",
    choices: ["full", "subspace"],
    default: "full",
    help:
      "whether turns of the basis within the subspace have a gradient; a projector has none",
  },
  rankTol: {
    kind: "number",
    min: 0,
    below: 1,
    default: 1e-6,
    help: "eigenvalues of at most this part of the greatest count as 0",
  },
  gapTol: {
    kind: "number",
    min: 0,
    below: 1,
    default: 1e-6,
    help:
      "eigenvalues that differ by at most this part of the greatest count as equal",
  },
  triu: {
    kind: "boolean",
    default: false,
    help: "whether the upper triangle of a projector is given alone",
  },
  order: triangleOrderRule,
  offDiagScale: offDiagScaleRule,
  ...featureOptions,
};

/**
 * Grassmann pooling: the subspace of k dimensions in which the features lie
 * best, a point of the Grassmann manifold.
 *
 * x is `[N, C, …spatial]`, of which X has a column for each location. The basis
 * `[N, C, k]` are the leading eigenvectors of X Xᵀ, with the signs that make the
 * greatest element of each positive (the first of those as great up to a
 * thousandth), the projector `[N, C, C]` is their product U Uᵀ. Where X has
 * less rank, columns are 0 and have no gradient. The gradient of a basis is exact
 * where the eigenvalues that are kept differ; `subspace` is exact for losses that
 * do not depend on the basis within the subspace, and equal eigenvalues do not
 * matter to it.
 *
 * Wei, Zhang, Gong, Zhang and Zheng, Grassmann Pooling as Compact Homogeneous Bilinear
 * Pooling for Fine-Grained Visual Classification (2018), ECCV.
 *
 * @throws {RangeError} where k is more than the channels or the locations
 *
 * @example
 * ```ts
 * import { grassmann } from "@rockpool/bilinear/grassmann";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 2, 2], data: Float32Array.of(2, 0, 0, 1) });
 * const { y } = session.run(grassmann, { x }, { options: { axes: 1, k: 1 } });
 * assertEquals([...(await session.read(y)).data], [1, 0]);
 * ```
 */
export const grassmann: PoolingOp<GrassmannOptions, "x", never, "y"> = {
  name: "grassmann",
  contract: CONTRACT,
  summary: "the subspace in which the features of an item lie best",
  category: "downstream",
  options,
  inputs: ["x"],
  shape: ({ x }, options) => grassmannShape(x, options),
  forward(cx, { x }, options) {
    const { output, triu, layout } = options;
    const features = featuresOf(x.shape, options);
    const shape = grassmannShape(x.shape, options);
    const isBasis = output === "basis";
    const gradient = isBasis ? options.gradient : "subspace";
    const u = leadingBasis(cx, matricesOf(cx, x, features), {
      ...options,
      gradient,
      layout,
    });
    if (isBasis) return { y: cx.reshape(u, shape) };
    const projector = cx.matmul([u, u], matmulKernel, { transposeB: true });
    const y = triu ? triangle(cx, projector, options) : projector;
    return { y: cx.reshape(y, shape) };
  },
};

function grassmannShape(x: Shape, options: GrassmannOptions): Shape {
  const { k, output, triu } = options;
  const features = featuresOf(x, options);
  const { channels, locations } = features;
  if (k > channels || k > locations) {
    throw new RangeError(
      `Cannot find a subspace of ${k} dimensions: ${channels} channels at ${locations} locations have ${
        Math.min(channels, locations)
      } at most`,
    );
  }
  if (triu && output === "basis") {
    throw new RangeError(
      'Cannot give the upper triangle of a basis: triu needs output "projector"',
    );
  }
  const inner = output === "basis"
    ? [channels, k]
    : triu
    ? [triangleLength(channels)]
    : [channels, channels];
  const shape = batchedAs(features, inner);
  checkShape(shape, "an output");
  return shape;
}
