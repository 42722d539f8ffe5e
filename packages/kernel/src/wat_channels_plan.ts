import { averageSizes, type Axis, type Geometry } from "./geometry.ts";
import type { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { usualCase } from "./usual_case.ts";
import { isSeparable } from "./wat_columns_separable.ts";
import { costOf } from "./wat_cost.ts";
import { type OnePass, onePass } from "./wat_one_pass.ts";

/**
 * The positions of a window and the elements of a block up to which a gather of
 * channels is unrolled.
 */
const BLOCK = { taps: 25, elements: 16 };

/** Whether what reaches a block of elements is little enough to be unrolled. */
export function takesBlocks(program: Program, geometry: Geometry): boolean {
  const { axes, sources } = geometry;
  if (program.kind !== "gather" || sources) return false;
  const product = (length: (axis: Axis) => number) =>
    axes.reduce((product, axis) => product * length(axis), 1);
  return axes.every(({ kind }) => kind === "slide") &&
    product(({ size }) => size) <= BLOCK.taps &&
    product((axis) => strideOf(axis)) <= BLOCK.elements;
}

function strideOf(axis: Axis): number {
  return axis.kind === "slide" ? axis.stride : 0;
}

/**
 * What a program evaluates where rows of all channels are folded first;
 * undefined if they cannot be.
 */
export function rowsCase(program: Program): OnePass | undefined {
  const pass = program.kind === "window" ? onePass(program) : undefined;
  if (!pass || !isSeparable(pass.folds)) return undefined;
  // What goes on elsewhere takes columns in the same order.
  const anyOrder = foldPasses(program.outputs).flat().every(({ operation }) =>
    operation === "sum" || operation.startsWith("fold")
  );
  const differs = topological([...bodiesOf(pass), ...pass.checks]).some((
    { operation },
  ) => operation === "channel" || operation === "plane");
  return anyOrder && !differs ? pass : undefined;
}

function bodiesOf({ folds }: OnePass): readonly Expression[] {
  return folds.flatMap(({ operands }) => operands);
}

/**
 * Rows of windows that overlap share rows of the input: how many, where what is
 * computed of elements is worth keeping for that.
 */
export function keptRows(program: Program, { axes, input }: Geometry): number {
  const pass = rowsCase(program);
  const [depth, height] = axes;
  const kept = pass && input[0] === 1 && depth.size === 1 &&
    height.kind === "slide" && height.dilation === 1 &&
    height.size <= ROWS_AT_A_TIME && costOf(bodiesOf(pass)) > 1;
  return kept ? Math.max(0, height.size - height.stride) : 0;
}

/**
 * Rows that are folded at a time: as many as windows have, up to this number,
 * and this number of larger windows. Means of whole planes of 8×112×112×64 take
 * 0.66 ms of one thread with 4, 0.57 with 8 and 0.63 with 16; of 8×7×7×2048
 * 0.048, 0.051 and 0.072.
 */
export const ROWS_AT_A_TIME = 8;

/**
 * Whether rows are best folded first, all their columns and channels alike: a
 * row of results then serves all windows that overlap in it.
 *
 * Two threads, 64 channels, window by window or rows first: max 3×3/2 is no
 * faster by rows, soft of 8×112×112 takes 1.7 or 2.1 ms for 2×2/2, 1.6 or 1.8
 * for 3×3/3, 3.3 or 2.4 for 3×3/2, and of 8×56×56 1.4 or 0.9 for 2×2/1, 0.36 or
 * 0.39 for 4×4/4, 0.58 or 0.45 for 4×4/3.
 */
export function prefersRows(program: Program, geometry: Geometry): boolean {
  const { layout, per, sources, input, output } = geometry;
  if (layout !== "NHWC" || per === "plane" || sources) return false;
  const pass = rowsCase(program);
  if (!pass) return false;
  const [depth, height, width] = averageSizes(geometry);
  const rows = depth * height;
  if (rows < 2) return false;
  // An unusual window makes its row go on elsewhere, where sums must be added
  // up in the same order, and conditions of no element are not met.
  const alike = geometry.axes.every((axis) =>
    axis.kind === "slide" && axis.dilation === 1 && axis.size <= COLUMNS.most
  );
  if (usualCase(program) && !alike) return false;
  if (output[2] === 1 && width === input[2]) return rows * width >= WHOLE;
  const columnsPerWindow = input[2] / output[2];
  const kept = keptRows(program, geometry);
  const cost = costOf(bodiesOf(pass));
  return columnsPerWindow * ((rows - kept) * cost + kept + 1) + width + 1 <
    rows * width * cost;
}

/** Columns of a window that are unrolled at most, and otherwise at a time. */
export const COLUMNS = { most: 16, otherwise: 8 };

/**
 * Elements of windows as wide as the input from which on that pays: 49 took
 * 0.08 ms instead of 0.10, and 12544 took 0.56 ms instead of 1.64.
 */
const WHOLE = 16;

/** How many rows' results a thread keeps, and how long they are. */
export function rowBuffer(
  { axes, input, output, channels }: Geometry,
): { before: number; length: number } {
  const axis = axes[2];
  if (axis.kind === "table") return { before: 0, length: input[2] * channels };
  const { before, stride, size, dilation } = axis;
  const end = (output[2] - 1) * stride + (size - 1) * dilation + 1;
  return {
    before: before * channels,
    length: Math.max(before + input[2], end) * channels,
  };
}

/** Numbers that a vector may reach beyond the end of a buffer. */
const SLACK = 16;

/** The bytes of a thread's buffers for some folds. */
export function rowBufferBytes(geometry: Geometry): number {
  const { length } = rowBuffer(geometry);
  return 64 * Math.ceil((length + SLACK) / 16);
}
