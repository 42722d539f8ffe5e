import type { Layout, OptionSpec } from "@rockpool/core";
import {
  axesRule,
  layoutRule,
  offDiagScaleRule,
  type Planes,
  type TriangleOrder,
  triangleOrderRule,
} from "@rockpool/kernel";

/** The options of `covariance`. */
export interface CovarianceOptions {
  /**
   * The logarithm or the square root by eigenvalues, the square root by
   * iterations, or the covariance itself.
   */
  readonly normalization: "log" | "sqrt" | "isqrt" | "none";
  /** What is added to the eigenvalues; null is 1e-3 for log and sqrt, else 0. */
  readonly eps: number | null;
  /** Newton–Schulz iterations of `isqrt`. */
  readonly numIters: number;
  /** Whether sums over M positions are divided by M − 1 instead of M. */
  readonly unbiased: boolean;
  /** Whether each channel is divided by its length first. */
  readonly channelL2Norm: boolean;
  /** Whether the output is the upper triangle, not the matrix. */
  readonly vectorize: boolean;
  /** The triangle's order. */
  readonly order: TriangleOrder;
  /** What elements of the triangle off the diagonal are multiplied by. */
  readonly offDiagScale: number;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is 2, for rank 2: 1, for rank 5: 3. */
  readonly axes: number | null;
}

/** The rules for {@linkcode CovarianceOptions}. */
export const covarianceOptions: OptionSpec<CovarianceOptions> = {
  normalization: {
    kind: "choice",
    choices: ["log", "sqrt", "isqrt", "none"],
    default: "log",
    help:
      "logarithm or square root by eigenvalues, square root by Newton–Schulz iterations, or none",
  },
  eps: {
    kind: "number",
    min: 0,
    nullable: true,
    default: null,
    help:
      "what is added to the eigenvalues; null is 1e-3 for log and sqrt, else 0",
  },
  numIters: {
    kind: "integer",
    min: 1,
    max: 20,
    default: 5,
    help: "iterations of isqrt",
  },
  unbiased: {
    kind: "boolean",
    default: false,
    help: "whether sums over M positions are divided by M − 1 instead of M",
  },
  channelL2Norm: {
    kind: "boolean",
    default: false,
    help: "whether each channel is divided by its length first",
  },
  vectorize: {
    kind: "boolean",
    default: true,
    help: "whether the output is the upper triangle, not the matrix",
  },
  order: triangleOrderRule,
  offDiagScale: offDiagScaleRule,
  layout: layoutRule,
  axes: {
    ...axesRule,
    help: "spatial axes; null is 2 (1 for rank 2, 3 for rank 5)",
  },
};

/** What is added to the eigenvalues. */
export function regulariserOf(
  { eps, normalization }: Pick<CovarianceOptions, "eps" | "normalization">,
): number {
  const isSpectral = normalization === "log" || normalization === "sqrt";
  return eps ?? (isSpectral ? 1e-3 : 0);
}

/** The number of positions of a plane. */
export function positionsOf({ spatial }: Pick<Planes, "spatial">): number {
  return spatial.reduce((product, length) => product * length, 1);
}

/**
 * Checks that an input has the covariance that is asked for.
 *
 * @throws {RangeError} for the unbiased covariance of one position, or the
 * logarithm of a covariance that must have eigenvalues of 0
 */
export function checkCovariance(
  planes: Pick<Planes, "spatial" | "channels">,
  options: CovarianceOptions,
): void {
  const positions = positionsOf(planes);
  const { channels } = planes;
  if (options.unbiased && positions === 1) {
    throw new RangeError(
      "Cannot take the unbiased covariance of 1 position: at least 2 are needed",
    );
  }
  if (
    options.normalization === "log" && regulariserOf(options) === 0 &&
    channels >= positions
  ) {
    throw new RangeError(
      `Cannot take the logarithm of the covariance of ${channels} channels at ${positions} positions with eps 0: its rank is ${
        positions - 1
      } at most, eps greater than 0 or more than ${channels} positions are needed`,
    );
  }
}
