/**
 * Spatial pyramid pooling: levels of ever fewer windows over the whole input,
 * as one vector.
 *
 * @module
 */
import {
  checkShape,
  CONTRACT,
  type Layout,
  type PoolingOp,
  type Shape,
} from "@rockpool/core";
import {
  adaptiveTable,
  axesRule,
  axisNames,
  concatKernel,
  layoutRule,
  type Planes,
  planesOf,
  type Table,
  tables,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { paperTable } from "./src/paper_table.ts";

/** The options of {@linkcode spatialPyramid}. */
export interface SpatialPyramidOptions {
  /** Windows along each axis, for each level. */
  readonly levels: readonly number[];
  /** The maximum of each window or its mean. */
  readonly mode: "max" | "avg";
  /** Windows that cover any input, or those of the paper's section 2.3. */
  readonly windows: "adaptive" | "paper";
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is 2, for rank 2: 1, for rank 5: 3. */
  readonly axes: number | null;
}

const kernels: Readonly<Record<SpatialPyramidOptions["mode"], WindowKernel>> = {
  max: windowKernel("pyramid-max", ["x"], ({ x }, fold) => fold.max(x)),
  avg: windowKernel("pyramid-mean", ["x"], ({ x }, fold) => fold.mean(x)),
};

/**
 * Spatial pyramid pooling (SPP): the maximum or the mean of k windows along
 * each axis for each level k, all levels one behind the other.
 *
 * `x` is `[N, C, …L]` or `[C, …L]`, channels last with layout NHWC; `y` is
 * `[N, C Σ kᵈ]` or `[C Σ kᵈ]` for d axes, whatever the spatial lengths. Each
 * level stands there as it lies in memory: `[C, …k]`, or with layout NHWC
 * `[…k, C]`.
 *
 * The first of equal elements is the maximum and takes its gradient; NaN wins
 * over numbers, the last one first.
 *
 * He, Zhang, Ren and Sun, Spatial pyramid pooling in deep convolutional
 * networks for visual recognition (2014), arXiv 1406.4729.
 *
 * @throws {RangeError} for windows `paper` where they are not as many as asked
 * for
 *
 * @example
 * ```ts
 * import { spatialPyramid } from "@rockpool/spatial-pyramid";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * const { y } = session.run(spatialPyramid, { x }, { options: { levels: [2, 1] } });
 * assertEquals(y.shape, [1, 5]);
 * assertEquals([...(await session.read(y)).data], [1, 2, 3, 4, 4]);
 * ```
 */
export const spatialPyramid: PoolingOp<
  SpatialPyramidOptions,
  "x",
  never,
  "y"
> = {
  name: "spatial-pyramid",
  contract: CONTRACT,
  summary: "levels of ever fewer windows over the whole input, as one vector",
  category: "downstream",
  options: {
    levels: {
      kind: "list",
      min: 1,
      default: [4, 2, 1],
      help: "windows along each axis, for each level",
    },
    mode: {
      kind: "choice",
      choices: ["max", "avg"],
      default: "max",
      help: "the maximum of each window or its mean",
    },
    windows: {
      kind: "choice",
      choices: ["adaptive", "paper"],
      default: "adaptive",
      help: "windows that cover any input, or those of the paper's section 2.3",
    },
    layout: layoutRule,
    axes: {
      ...axesRule,
      help: "spatial axes; null is 2 (1 for rank 2, 3 for rank 5)",
    },
  },
  inputs: ["x"],
  shape({ x }, options) {
    const planes = planesOf(x, options);
    const { levels, windows } = options;
    const lengths = levels.map((level) => levelLength(planes, level));
    const shape = vectors(planes, lengths.reduce((sum, n) => sum + n));
    checkShape(shape, "an output");
    if (windows === "paper") {
      for (const level of levels) levelTables(planes, level, windows);
    }
    return shape;
  },
  forward(cx, { x }, options) {
    const planes = planesOf(x.shape, options);
    const { layout, batched } = planes;
    const kernel = kernels[options.mode];
    const levels = options.levels.map((level) => {
      const windows = tables(x.shape, {
        tables: levelTables(planes, level, options.windows),
        layout,
      });
      const { y } = cx.window(kernel, { values: { x } }, windows);
      return cx.reshape(y, vectors(planes, levelLength(planes, level)));
    });
    return { y: cx.concat(levels, concatKernel, Number(batched)) };
  },
};

export { spatialPyramid as default };

/** The windows of a level along each axis. */
function levelTables(
  { axes, spatial }: Planes,
  level: number,
  windows: SpatialPyramidOptions["windows"],
): Table[] {
  const names = axisNames(axes);
  return spatial.map((length, a) =>
    windows === "paper"
      ? paperTable(length, { windows: level, name: names[a] })
      : adaptiveTable(length, level)
  );
}

/** The numbers that a level gives for an item. */
function levelLength({ axes, channels }: Planes, level: number): number {
  return channels * level ** axes;
}

/** The shape of a vector of this length for each item. */
function vectors({ batched, items }: Planes, length: number): Shape {
  return batched ? [items, length] : [length];
}
