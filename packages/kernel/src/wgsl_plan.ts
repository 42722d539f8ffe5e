import type { Layout } from "@rockpool/core";
import type { Axis, Geometry, TablePer } from "./geometry.ts";
import type { Program } from "./program.ts";
import { operationsOf } from "./wgsl_operations.ts";
import { chooseSchedule, type WgslSchedule } from "./wgsl_schedule.ts";

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

/**
 * All that the text depends on besides the formula; sizes are arguments of it,
 * but decide on the schedule.
 */
export interface WgslPlan {
  /** The axes that the tensor has. */
  readonly axes: readonly WgslAxis[];
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
  /** What the tables of the axes differ by. */
  readonly per: TablePer;
  /** Whether a table says which item of the input an item is read from. */
  readonly sources: boolean;
  /**
   * Whether the number of a plane is all that is asked for, neither its channel
   * nor its item: each division of an index takes some 20 instructions.
   */
  readonly byPlane: boolean;
  /** The tensors that lie behind each other in one buffer, in this order. */
  readonly packed: readonly string[];
  /** Who computes what. */
  readonly schedule: WgslSchedule;
  /**
   * What the lanes of a vector are: results (four windows, or four elements
   * whose gradient is gathered), or elements of one window.
   */
  readonly vectors: WgslSchedule["vectors"];
}

/** What a text over these windows depends on. */
export function wgslPlan(
  program: Program,
  geometry: Geometry,
  packed: readonly string[] = [],
): WgslPlan {
  const axes = wgslAxes(geometry);
  const schedule = chooseSchedule(program, { geometry, axes, packed });
  return {
    axes,
    layout: geometry.layout,
    per: geometry.per,
    sources: geometry.sources !== undefined,
    byPlane: isByPlane(program, geometry),
    packed,
    schedule,
    vectors: schedule.vectors,
  };
}

function isByPlane(
  program: Program,
  { layout, per, sources }: Geometry,
): boolean {
  const operations = operationsOf(program);
  return layout === "NCHW" && per === "call" && sources === undefined &&
    !OF_CHANNELS.some((operation) => operations.has(operation));
}

/** What depends on the channel of a window, or on its item. */
const OF_CHANNELS = [
  "channel",
  "plane",
  "tap",
  "windowRandom",
  "windowWord",
  "elementRandom",
] as const;

/** The axes that a tensor has. */
export function wgslAxes(geometry: Geometry): WgslAxis[] {
  const letters: readonly AxisLetter[] = ["d", "h", "w"];
  const axes = geometry.axes.map((axis, a) => planAxis(axis, letters[a]));
  const missing = axes.findIndex((_, a) =>
    a === axes.length - 1 || !isMissing(geometry, a)
  );
  return axes.slice(missing);
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
