import type { Expression } from "./expression.ts";
import { averageSizes, type Axis, type Geometry } from "./geometry.ts";
import { foldPasses, type Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { isSeparable } from "./wat_columns_separable.ts";

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

/** The folds of a program that are taken over rows of all channels first. */
export function foldsOfRows(program: Program): readonly Expression[] {
  const passes = foldPasses(program.outputs);
  if (program.kind !== "window" || passes.length !== 1) return [];
  const [folds] = passes;
  const bodies = topological(folds.flatMap(({ operands }) => operands));
  const differs = bodies.some(({ operation }) =>
    operation === "channel" || operation === "plane"
  );
  return isSeparable(folds) && !differs ? folds : [];
}

/**
 * Whether rows are best folded first, all their columns and channels alike: a
 * row of results then serves all windows that overlap in it.
 */
export function prefersRows(program: Program, geometry: Geometry): boolean {
  const { layout, per, sources, input, output } = geometry;
  if (layout !== "NHWC" || per === "plane" || sources) return false;
  if (foldsOfRows(program).length === 0) return false;
  const [depth, height, width] = averageSizes(geometry);
  const rows = depth * height;
  if (rows < 2) return false;
  if (output[2] === 1 && width === input[2]) return rows * width >= WHOLE;
  const columnsPerWindow = input[2] / output[2];
  return columnsPerWindow * (rows + 1) + width + 1 < rows * width;
}

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

/**
 * The parts that the channels of a row of windows are divided into, so that
 * there is work for all threads.
 */
export function channelParts(geometry: Geometry, threads: number): number {
  const { items, output, channels } = geometry;
  const rows = items * output[0] * output[1];
  const wanted = Math.ceil(2 * threads / Math.max(1, rows));
  return Math.max(1, Math.min(wanted, Math.floor(channels / PART)));
}

/** The fewest channels of a part: a cache line. */
const PART = 16;
