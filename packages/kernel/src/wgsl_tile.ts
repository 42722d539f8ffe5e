import { type Geometry, volume } from "./geometry.ts";
import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { foldItems, variableCount } from "./wgsl_fold_items.ts";
import { strideOf } from "./wgsl_lanes.ts";
import type { WgslAxis } from "./wgsl_plan.ts";
import type { ScheduleSizes } from "./wgsl_schedule.ts";
import { LANES } from "./wgsl_vector.ts";
import { isOfElement, windowValuesOf } from "./wgsl_window_values.ts";

/** A workgroup for a rectangle of results, whose operands it reads once. */
export interface TileSchedule {
  /** Which schedule it is. */
  readonly kind: "tile";
  /** `results`: four channels, which lie last. */
  readonly vectors: "none" | "results";
  /** Rows and columns of results. */
  readonly results: readonly [rows: number, columns: number];
  /** Rows and columns of what they are computed from. */
  readonly operands: readonly [rows: number, columns: number];
}

/** Windows of an element from which on it should not be read for each. */
const MUCH_OVERLAP = 16;

/**
 * The same where a gradient computes something of each window, such as a
 * quotient: in a tile that is done once for all elements of the window.
 */
const SOME_OVERLAP = 4;

/** Results of a tile along an axis. */
const MOST_RESULTS = 32;

/** Along an axis, tiles are multiples of so many results. */
const STEP = 4;

/** Bytes of a workgroup's memory that every device has. */
const GROUP_BYTES = 2 ** 14;

/**
 * Tiles, or undefined where windows overlap little: then caches serve what
 * neighbours read again, and a barrier costs more than it saves.
 */
export function chooseTile(
  program: Program,
  { geometry, axes }: ScheduleSizes,
): TileSchedule | undefined {
  const { layout, channels } = geometry;
  const isSliding = axes.every(({ kind }) => kind !== "table");
  if (axes.length > 2 || !isSliding) return undefined;
  if (layout === "NHWC" && channels % LANES !== 0) return undefined;
  const most = worksOnWindows(program) ? SOME_OVERLAP : MUCH_OVERLAP;
  if (overlapOf(axes) < most) return undefined;
  const vectors = layout === "NHWC" ? "results" : "none";
  const bytes = vectors === "results" ? 4 * LANES : 4;
  const lengths = program.kind === "window" ? geometry.output : geometry.input;
  if (volume(lengths) === 0) return undefined;
  const [rows, columns] = [axes.at(-2), axes.at(-1)];
  const longest = vectors === "results" ? MOST_RESULTS / 4 : MOST_RESULTS;
  let results: [number, number] = [
    rows ? dividedLength(lengths[1], longest) : 1,
    dividedLength(lengths[2], longest),
  ];
  for (;;) {
    const operands = operandsOf(program, [rows, columns], results);
    const words = wordsOf(program, { results, operands });
    if (words * bytes <= GROUP_BYTES) {
      return { kind: "tile", vectors, results, operands };
    }
    const [h, w] = results;
    if (Math.max(h, w) <= STEP) return undefined;
    results = h >= w ? [halved(h), w] : [h, halved(w)];
  }
}

function worksOnWindows({ kind, outputs: [{ value }] }: Program): boolean {
  return kind === "gather" &&
    windowValuesOf(value).some(({ operands }) => operands.length > 0);
}

/** Windows that an element belongs to, away from borders. */
function overlapOf(axes: readonly WgslAxis[]): number {
  return axes.reduce((n, axis) => n * sizeOf(axis) / strideOf(axis), 1);
}

function sizeOf(axis: WgslAxis): number {
  return axis.kind === "slide" ? axis.size : 1;
}

/** A length in equal tiles of at most so many results. */
function dividedLength(length: number, most: number): number {
  const tiles = Math.ceil(length / most);
  return Math.ceil(length / tiles / STEP) * STEP;
}

function halved(length: number): number {
  return Math.ceil(length / 2 / STEP) * STEP;
}

function operandsOf(
  { kind }: Program,
  axes: readonly (WgslAxis | undefined)[],
  results: readonly number[],
): [number, number] {
  const lengths = axes.map((axis, a) => {
    if (!axis) return 1;
    const stride = strideOf(axis);
    const reach = axis.kind === "slide" ? (axis.size - 1) * axis.dilation : 0;
    const last = results[a] - 1;
    return kind === "window"
      ? last * stride + reach + 1
      : Math.floor((last + reach) / stride) + 1;
  });
  return lengths as [number, number];
}

/** Words of a workgroup's memory, at most. */
function wordsOf(
  program: Program,
  { results, operands: [rows, columns] }: Pick<
    TileSchedule,
    "results" | "operands"
  >,
): number {
  if (program.kind === "gather") {
    const [{ value }] = program.outputs;
    return windowValuesOf(value).length * rows * columns;
  }
  const { byRow, isTiled } = rowFoldsOf(program);
  const tensors = program.tensors.filter(({ role }) => role === "element");
  const kept = foldItems(byRow).length + (isTiled ? tensors.length : 0);
  return kept * rows * columns + variableCount(byRow) * rows * results[1];
}

/**
 * The folds that depend on elements alone, which may go over rows first, and
 * whether there are others, which read the elements one by one.
 */
export function rowFoldsOf({ outputs }: Program): {
  readonly byRow: readonly Expression[];
  readonly isTiled: boolean;
} {
  const folds = foldPasses(outputs).flat();
  const byRow = folds.filter(({ operation, operands: [body] }) =>
    operation !== "pick" && isOfElement(body)
  );
  return { byRow, isTiled: byRow.length < folds.length };
}

/** How many tiles lie along rows and columns. */
export function tilesAlong(
  { kind }: Program,
  { results }: TileSchedule,
  { input, output }: Geometry,
): [rows: number, columns: number] {
  const [, h, w] = kind === "window" ? output : input;
  return [Math.ceil(h / results[0]), Math.ceil(w / results[1])];
}
