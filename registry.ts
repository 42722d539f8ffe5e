/**
 * Every pooling operator of Rockpool by its name, loaded when it is asked for.
 *
 * @module
 */
import {
  type Backend,
  defineRegistry,
  didYouMean,
  type GivenOptions,
  loadOperator,
  makePool,
  type Pool,
  type PoolingOp,
  type Registry,
} from "@rockpool/core";
import type { average } from "@rockpool/average";
import type { bilinear } from "@rockpool/bilinear";
import type { compactBilinear } from "@rockpool/bilinear/compact";
import type { grassmann } from "@rockpool/bilinear/grassmann";
import type { lowRankBilinear } from "@rockpool/bilinear/low-rank";
import type { covariance } from "@rockpool/covariance";
import type { detailPreserving } from "@rockpool/detail-preserving";
import type { dynamicOptimized } from "@rockpool/dynamic-optimized";
import type { fractionalMax } from "@rockpool/fractional-max";
import type { generalizedMean, globalAverage } from "@rockpool/global-average";
import type { localImportance } from "@rockpool/local-importance";
import type { max, maxUnpool } from "@rockpool/max";
import type { mixed } from "@rockpool/mixed";
import type { powerAverage } from "@rockpool/power-average";
import type { positionSensitiveRoi, roi, roiAlign } from "@rockpool/roi";
import type { s3 } from "@rockpool/s3";
import type { soft } from "@rockpool/soft";
import type { spatialPyramid } from "@rockpool/spatial-pyramid";
import type { stochastic } from "@rockpool/stochastic";
import type { CpuOptions } from "@rockpool/cpu";
import type { GpuOptions } from "@rockpool/gpu";

/** The built-in operators by name. */
export interface Builtins {
  /** The mean of each window. */
  average: typeof average;
  /** Products of channels with channels, summed over all locations. */
  bilinear: typeof bilinear;
  /** A short sketch of the products of channels with channels. */
  "compact-bilinear": typeof compactBilinear;
  /** How channels vary together: the logarithm or root of their covariance. */
  covariance: typeof covariance;
  /** The mean of each window, weighted by how much elements stand out. */
  "detail-preserving": typeof detailPreserving;
  /** The greatest of a few points of each cell, in a size that is learned. */
  "dynamic-optimized": typeof dynamicOptimized;
  /** The greatest element of windows that are placed at random. */
  "fractional-max": typeof fractionalMax;
  /** The mean of powers of as many windows as asked for, and its root. */
  "generalized-mean": typeof generalizedMean;
  /** The mean or the maximum of as many windows as asked for. */
  "global-average": typeof globalAverage;
  /** The subspace in which the features of an item lie best. */
  grassmann: typeof grassmann;
  /** The mean of each window, weighted by given or learned importance. */
  "local-importance": typeof localImportance;
  /** Scores of classes by products of channels, of low rank. */
  "low-rank-bilinear": typeof lowRankBilinear;
  /** The greatest element of each window. */
  max: typeof max;
  /** Values back where max pooling found them. */
  "max-unpool": typeof maxUnpool;
  /** The maximum or the mean of each window, by chance, or a blend. */
  mixed: typeof mixed;
  /** The mean of each part of regions, each of channels of its own. */
  "position-sensitive-roi": typeof positionSensitiveRoi;
  /** The p-norm of each window, or its power mean. */
  "power-average": typeof powerAverage;
  /** The greatest element of each part of regions of interest. */
  roi: typeof roi;
  /** The mean of interpolated points of parts of regions of interest. */
  "roi-align": typeof roiAlign;
  /** The maximum of windows at rows and columns that are drawn. */
  s3: typeof s3;
  /** The mean of each window, weighted by exponentials. */
  soft: typeof soft;
  /** Levels of ever fewer windows over the whole input, as one vector. */
  "spatial-pyramid": typeof spatialPyramid;
  /** An element of each window, drawn in proportion to its size. */
  stochastic: typeof stochastic;
}

/**
 * The built-in operators. Spread them to add your own:
 * `defineRegistry({ ...builtins, "my-pool": () => import("./my_pool.ts") })`.
 */
export const builtins: Registry<Builtins> = defineRegistry<Builtins>({
  average: () => import("@rockpool/average"),
  bilinear: () => import("@rockpool/bilinear"),
  "compact-bilinear": () => import("@rockpool/bilinear/compact"),
  covariance: () => import("@rockpool/covariance"),
  "detail-preserving": () => import("@rockpool/detail-preserving"),
  "dynamic-optimized": () => import("@rockpool/dynamic-optimized"),
  "fractional-max": () => import("@rockpool/fractional-max"),
  "generalized-mean": () => import("@rockpool/global-average/gem"),
  "global-average": () => import("@rockpool/global-average"),
  grassmann: () => import("@rockpool/bilinear/grassmann"),
  "local-importance": () => import("@rockpool/local-importance"),
  "low-rank-bilinear": () => import("@rockpool/bilinear/low-rank"),
  max: () => import("@rockpool/max"),
  "max-unpool": () => import("@rockpool/max/unpool"),
  mixed: () => import("@rockpool/mixed"),
  "position-sensitive-roi": () => import("@rockpool/roi/position-sensitive"),
  "power-average": () => import("@rockpool/power-average"),
  roi: () => import("@rockpool/roi"),
  "roi-align": () => import("@rockpool/roi/align"),
  s3: () => import("@rockpool/s3"),
  soft: () => import("@rockpool/soft"),
  "spatial-pyramid": () => import("@rockpool/spatial-pyramid"),
  stochastic: () => import("@rockpool/stochastic"),
});

/** What each backend is opened with. */
export interface BackendOptions {
  /** WebAssembly on threads. */
  cpu: CpuOptions;
  /** WebGPU. */
  gpu: GpuOptions;
}

/** The backends, loaded and opened when they are asked for. */
const backends: {
  readonly [Name in keyof BackendOptions]: (
    options?: BackendOptions[Name],
  ) => Promise<Backend>;
} = {
  cpu: async (options) => (await import("@rockpool/cpu")).cpu(options),
  gpu: async (options) => (await import("@rockpool/gpu")).gpu(options),
};

/** The names of the backends. */
export const backendNames: readonly (keyof BackendOptions)[] = ["cpu", "gpu"];

/**
 * Opens a backend by its name.
 *
 * @throws {RangeError} for a name that is none
 */
export function openBackend<Name extends keyof BackendOptions>(
  name: Name,
  options?: BackendOptions[Name],
): Promise<Backend> {
  if (!backendNames.includes(name)) {
    throw new RangeError(
      `There is no backend "${name}"${didYouMean(name, backendNames)}`,
    );
  }
  return backends[name](options);
}

/** Where {@linkcode resolve} finds an operator, and where it runs it. */
export interface ResolvePlace<Ops = Builtins> {
  /** A backend, which stays the caller's, or the name of one to open. */
  readonly backend: Backend | keyof BackendOptions;
  /** The operators by name, made by `defineRegistry`; the built-in ones by default. */
  readonly registry?: Registry<Ops>;
}

/** The options of an operator of a registry, by default of a built-in one. */
export type OptionsOf<Name extends keyof Ops, Ops = Builtins> =
  Ops[Name] extends PoolingOp<infer Options, infer _I, infer _W, infer _O>
    ? Options
    : never;

/**
 * An operator of a registry with its options, ready to be called with tensors.
 *
 * Dispose of it to dispose of the backend it opened.
 *
 * @throws {RangeError} for a name that is none; the message has the near ones
 * @throws {TypeError} | {RangeError} for options that are not the operator's
 *
 * @example
 * ```ts
 * import { resolve } from "@rockpool/rockpool";
 * import { assertEquals } from "@std/assert";
 *
 * using pool = await resolve("max", { backend: "cpu", kernelSize: 2 });
 * const y = await pool({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * assertEquals([...y.data], [4]);
 * ```
 *
 * @example With operators of your own
 * ```ts
 * import { builtins, resolve } from "@rockpool/rockpool";
 * import { defineRegistry } from "@rockpool/core";
 * import { assertEquals } from "@std/assert";
 *
 * const registry = defineRegistry({
 *   ...builtins,
 *   // import("./my_pool.ts"), say
 *   "my-pool": () => import("@rockpool/max"),
 * });
 * using pool = await resolve("my-pool", { registry, backend: "cpu", kernelSize: 2 });
 * const y = await pool({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * assertEquals([...y.data], [4]);
 * ```
 */
export async function resolve<
  Ops = Builtins,
  Name extends keyof Ops & string = keyof Ops & string,
>(
  name: Name,
  options: ResolvePlace<Ops> & GivenOptions<OptionsOf<NoInfer<Name>, Ops>>,
): Promise<Pool> {
  const { backend, registry, ...given } = options;
  // Without a registry, Ops are the built-in operators.
  const ops = registry ?? builtins as unknown as Registry<Ops>;
  const op = await loadOperator(ops, name) as PoolingOp<object>;
  if (typeof backend !== "string") {
    return makePool(op, { backend, options: given });
  }
  const opened = await openBackend(backend);
  try {
    return makePool(op, { backend: opened, options: given, ownsBackend: true });
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
}
