import type { Layout } from "@rockpool/core";
import {
  averageSizes,
  type Axis,
  type Geometry,
  type TablePer,
  volume,
} from "./geometry.ts";
import { foldPasses, type Program } from "./program.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";

/** The letter of an axis, for names in the text. */
export type AxisLetter = "d" | "h" | "w";

/** What the text knows of the windows of one axis. */
export type WgslAxis =
  /** Each window is the one element at its own index. */
  | { readonly kind: "unit"; readonly letter: AxisLetter }
  /** Windows at a fixed distance from each other. */
  | {
    readonly kind: "slide";
    readonly letter: AxisLetter;
    readonly size: number;
    readonly stride: number;
    readonly before: number;
    readonly after: number;
    readonly dilation: number;
  }
  /** Windows whose starts and counts stand in tables. */
  | {
    readonly kind: "table";
    readonly letter: AxisLetter;
    readonly dilation: number;
  };

/** Elements of a window from which on a workgroup may share it. */
const LONG = 256;

/** So few windows leave a device idle, with an invocation for each. */
const FEW = 2 ** 14;

/**
 * Elements of a plane for each of its windows from which on neighbouring
 * invocations with a window each would read far from each other.
 */
const SPARSE = 64;

/** Folds that fit a workgroup's memory: each takes two words of an invocation. */
const MOST_FOLDS = 2 ** 14 / (WORKGROUP_SIZE * 4 * 2);

/**
 * All that the text depends on besides the formula; sizes are arguments of it.
 */
export interface WgslPlan {
  /** The axes that the tensor has. */
  readonly axes: readonly WgslAxis[];
  readonly layout: Layout;
  readonly per: TablePer;
  /** Whether a table says which item of the input an item is read from. */
  readonly sources: boolean;
  /** The tensors that lie behind each other in one buffer, in this order. */
  readonly packed: readonly string[];
  /** Whether the invocations of a workgroup share a window. */
  readonly shared: boolean;
}

/** What a text over these windows depends on. */
export function wgslPlan(
  program: Program,
  geometry: Geometry,
  packed: readonly string[] = [],
): WgslPlan {
  const letters: readonly AxisLetter[] = ["d", "h", "w"];
  const axes = geometry.axes.map((axis, a) => planAxis(axis, letters[a]));
  const missing = axes.findIndex((_, a) =>
    a === axes.length - 1 || !isMissing(geometry, a)
  );
  return {
    axes: axes.slice(missing),
    layout: geometry.layout,
    per: geometry.per,
    sources: geometry.sources !== undefined,
    packed,
    shared: program.kind === "window" && canShare(program) &&
      shouldShare(geometry),
  };
}

/** Whether folds of parts of a window can be merged, in a workgroup's memory. */
function canShare({ outputs }: Program): boolean {
  const folds = foldPasses(outputs).flat();
  // What is picked by a running sum depends on all elements before.
  return folds.length > 0 && folds.length <= MOST_FOLDS &&
    folds.every(({ operation }) => operation !== "pick");
}

/**
 * Whether windows are long, and too few for an invocation each or so far apart
 * that these would not read neighbouring elements. Those of channels that lie
 * last always do.
 */
function shouldShare(geometry: Geometry): boolean {
  const { items, channels, input, output, layout } = geometry;
  if (volume(averageSizes(geometry)) < LONG) return false;
  const windows = items * channels * volume(output);
  return windows <= FEW ||
    (layout === "NCHW" && volume(input) >= SPARSE * volume(output));
}

/** Whether an axis is one element, read by one window. */
function isMissing({ axes, input, output }: Geometry, a: number): boolean {
  const axis = axes[a];
  return input[a] === 1 && output[a] === 1 &&
    (axis.kind === "slide"
      ? axis.size === 1
      : axis.counts.every((count) => count === 1));
}

function planAxis(axis: Axis, letter: AxisLetter): WgslAxis {
  if (axis.kind === "table") {
    return { kind: "table", letter, dilation: axis.dilation };
  }
  const { size, stride, before, after, dilation } = axis;
  return size === 1 && stride === 1 && before === 0 && after === 0
    ? { kind: "unit", letter }
    : { kind: "slide", letter, size, stride, before, after, dilation };
}

/** The number of positions in a window of the axis, as text. */
export function axisSize(axis: WgslAxis): string {
  if (axis.kind === "unit") return "1";
  return axis.kind === "slide" ? `${axis.size}` : `call.window_${axis.letter}`;
}
