import {
  averageSizes,
  type Axis,
  type Geometry,
  rangeOf,
  type SlideAxis,
  volume,
} from "./geometry.ts";
import { foldPasses, type Program } from "./program.ts";
import { vectorsOf } from "./wat_cost.ts";
import { takesPlanes } from "./wat_elements_plan.ts";
import { foldsAlone, rollingCase } from "./wat_rolling_folds.ts";
import { isScattered } from "./wat_scatter.ts";

/** Bytes around a value that a vector may read, though it uses none of them. */
export const GUARD_BYTES = 4096;

/** The widest window and stride that the schedule `columns` unrolls. */
const WIDEST = { size: 32, stride: 8 };

/**
 * The average length of runs and the elements of a window from which on vectors
 * are best made of elements. A gather does more for each element; `strided` is
 * a run where neighbouring windows would be read by single loads.
 */
const LEAST = {
  window: { run: 12, window: 24 },
  gather: { run: 3, window: 8 },
  strided: 16,
};

/**
 * The most rows of a window that `rolling` unrolls, and from how many rows on
 * it pays where columns are strided and little is computed.
 */
const ROLLING = { rows: 16, strided: 5 };

/**
 * The stride of windows without borders from which on rows are best folded
 * first, and that from which on what windows give to a row is best added up
 * first. Milliseconds of one thread for 8×64×112×112, without strips and with
 * them; max and average:
 *
 * - 2×2/2 1.1 and 1.4; 3×3/2 1.7 and 1.9
 * - 3×3/3 2.5 and 1.6; 4×4/4 1.7 and 1.3; 5×5/3 3.8 and 2.3
 * - 7×7/7 1.9 and 0.9; 8×8/4 5.0 and 2.0; 16×16/16 2.1 and 1.0
 *
 * Two windows of a table: 1.0 and 1.1; six 2.6 and 1.4; 28 3.2 and 1.5. One,
 * a whole plane, is best by `elements`: 0.6 and 0.7. Average in training:
 *
 * - 3×3/3 5.4 and 5.6; 5×5/3 6.9 and 7.2
 * - 4×4/4 4.2 and 3.1; 8×8/4 6.5 and 4.1; 16×16/16 4.1 and 2.3
 * - two windows of a table 2.9 and 2.4; 14 5.6 and 2.5; 56 15.6 and 9.5
 */
const STRIPS = { window: 3, gather: 4 };

/**
 * From how many windows on that hold an element, on average, a scatter beats a
 * gather that looks at all of them, where channels are neighbours: 8×28×28×192
 * takes 0.46 ms instead of 0.33 with 2×2/1, 4 windows, 0.15 instead of 0.30
 * with 5×5/2, 6 windows, and 0.49 instead of 0.64 with 3×3/1, 9 windows.
 *
 * In planes it always does: 8×64×112×112 takes 1.03 ms instead of 1.41 with
 * 2×2/2, 1 window, and 1.10 instead of 1.99 with 3×3/2, 2 windows; 3×3/1 of
 * 8×192×28×28 takes 0.43 ms instead of 1.29.
 */
const SCATTER = 5;

/** Elements of a window, on average, up to which `tables` pays. */
const TABLES = 16;

/** Whether windows best add their gradient to the one element that has it. */
export function prefersScatter(program: Program, geometry: Geometry): boolean {
  const { axes, output, input, layout } = geometry;
  if (!isScattered(program)) return false;
  if (layout === "NCHW" || axes.some(({ kind }) => kind === "table")) {
    return true;
  }
  const [depth, height, width] = averageSizes(geometry);
  const covering = depth * height * width * volume(output) / volume(input);
  return covering > SCATTER;
}

/** Whether vectors are best made of the elements of a window. */
export function prefersElements(program: Program, geometry: Geometry): boolean {
  const { layout, axes, input, output, sources } = geometry;
  const folds = foldPasses(program.outputs).flat();
  // A vector lies inside a plane, and a running sum is no sum of parts.
  const possible = layout === "NCHW" && axes[2].dilation === 1 &&
    volume(input) >= 4 && folds.every(({ operation }) => operation !== "pick");
  if (!possible) return false;
  if (takesPlanes(program, geometry)) return true;
  const { run, window } = averageLengths(geometry);
  const columns = runsOnColumns(geometry) && output[2] >= 4;
  if (program.kind === "gather") {
    const long = run >= LEAST.gather.run && window >= LEAST.gather.window;
    return !columns && (long || sources !== undefined);
  }
  const long = run >= LEAST.window.run && window >= LEAST.window.window;
  return folds.length > 0 && long &&
    (!columns || (run >= LEAST.strided && strideOf(axes[2]) > 2));
}

/** Whether rows of the input are best folded before rows of windows. */
export function prefersRolling(
  program: Program,
  { axes, input }: Geometry,
): boolean {
  const [, height, width] = axes;
  const folds = rollingCase(program)?.folds;
  if (!folds) return false;
  const pays = folds.some(({ places }) => places) ||
    vectorsOf(folds.map(({ body }) => body)) === 1;
  return program.kind === "window" && height.kind === "slide" &&
    width.kind === "slide" && isAbsent(axes[0], input[0]) &&
    height.dilation === 1 && height.size > height.stride &&
    height.size <= ROLLING.rows &&
    (width.stride === 1 ||
      width.stride === 2 && (pays || height.size >= ROLLING.strided));
}

/** Whether rows of windows are best folded to one row, all columns alike. */
export function prefersStrips(program: Program, geometry: Geometry): boolean {
  const { layout, sources, axes, output, input } = geometry;
  const [, , width] = axes;
  const [depth, height, across] = averageSizes(geometry);
  const possible = layout === "NCHW" && !sources && output[2] > 1 &&
    depth * height > 1 &&
    (program.kind === "window"
      ? width.dilation === 1 && foldsAlone(program.outputs) !== undefined
      : axes.every(({ dilation }) => dilation === 1) && givesAlike(program));
  // What lies between windows is folded in vain.
  if (!possible || 2 * across * output[2] < input[2]) return false;
  if (width.kind === "table") return true;
  return axes.every((axis, a) =>
    axis.kind === "slide" && axis.before === 0 &&
    rangeOf(axis, input[a], output[a] - 1).to === axis.size
  ) && width.stride >= STRIPS[program.kind];
}

/** Whether a gather program gives the same to all elements of a window. */
export function givesAlike({ outputs: [{ value }] }: Program): boolean {
  return value.level !== "element";
}

/** Whether neighbouring windows of a table are best folded together. */
export function prefersTables(program: Program, geometry: Geometry): boolean {
  const { layout, sources, axes, output } = geometry;
  const [, , width] = axes;
  return program.kind === "window" && layout === "NCHW" && !sources &&
    width.kind === "table" && width.dilation === 1 && output[2] >= 4 &&
    4 * width.size <= GUARD_BYTES && volume(averageSizes(geometry)) <= TABLES;
}

function isAbsent(axis: Axis, input: number): boolean {
  return input === 1 && axis.kind === "slide" && axis.size === 1 &&
    axis.before === 0 && axis.after === 0;
}

function strideOf(axis: Axis): number {
  return axis.kind === "slide" ? axis.stride : 0;
}

/** How many elements follow each other in a window and are in it, on average. */
function averageLengths(
  geometry: Geometry,
): { run: number; window: number } {
  const { input } = geometry;
  const [depth, height, width] = averageSizes(geometry);
  let run = width;
  if (run === input[2]) run *= height;
  if (run === input[2] * input[1]) run *= depth;
  return { run, window: depth * height * width };
}

/** Whether neighbouring windows of a row are the lanes of a vector. */
export function runsOnColumns(
  { layout, axes, output, channels }: Geometry,
): boolean {
  return layout === "NCHW" && axes.every(({ kind }) => kind === "slide") &&
    fitsColumns(axes[2] as SlideAxis) && (output[2] >= 4 || channels < 4);
}

function fitsColumns({ size, stride, before, dilation }: SlideAxis): boolean {
  const reach = before + size * dilation + 8 * stride;
  return size <= WIDEST.size && stride <= WIDEST.stride &&
    4 * reach <= GUARD_BYTES;
}
