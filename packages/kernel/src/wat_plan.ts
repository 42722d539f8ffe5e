import {
  type Axis,
  countsOf,
  type Geometry,
  rangeOf,
  type TablePer,
  type Triple,
  windowSize,
} from "./geometry.ts";
import { holdsPlanes } from "./one_column.ts";
import type { Program } from "./program.ts";
import { topological } from "./traverse.ts";
import { keptRows, prefersRows, takesBlocks } from "./wat_channels_plan.ts";
import { keepsPlaces } from "./wat_channels_places.ts";
import { takesPlanes } from "./wat_elements_plan.ts";
import {
  givesAlike,
  prefersElements,
  prefersRolling,
  prefersScatter,
  prefersStrips,
  prefersTables,
  runsOnColumns,
} from "./wat_schedule.ts";

/** What is known at compile time of the windows of one axis. */
export interface WatAxis {
  /** Slide or table. */
  readonly kind: Axis["kind"];
  /** Whether the tensor lacks the axis. */
  readonly absent: boolean;
  /** Whether size, stride and padding are known; else they are arguments. */
  readonly fixed: boolean;
  /** Elements per window; of a table the most, or 0 where it does not matter. */
  readonly size: number;
  /** Elements of the smallest window of a table, or 0 where it does not matter. */
  readonly least: number;
  /** From one window to the next. */
  readonly stride: number;
  /** Padding in front of the first element. */
  readonly before: number;
  /** Padding behind the last element. */
  readonly after: number;
  /** From one element of a window to the next. */
  readonly dilation: number;
  /** Whether some window reaches beyond the last element. */
  readonly cutBack: boolean;
  /** Whether some window reaches beyond the padding behind the last element. */
  readonly cutPadded: boolean;
}

/**
 * How a program runs: four neighbouring outputs of a row at a time (`columns`,
 * or `rolling` where rows of the input are folded once for all rows of windows
 * that reach into them), four channels (`channels`), or four neighbouring elements of a
 * window (`elements`). In `strips` the rows of a row of windows are folded to one,
 * four columns at a time. A `scatter` adds what windows give to single elements.
 */
export interface WatPlan {
  /** What the lanes of a vector are. */
  readonly schedule:
    | "columns"
    | "rolling"
    | "strips"
    | "tables"
    | "channels"
    | "elements"
    | "scatter";
  /** Lanes in use: 1 where channels have windows of their own or are few. */
  readonly lanes: 4 | 1;
  /** Whether channels are neighbours in memory. */
  readonly channelsLast: boolean;
  /** Depth, height and width. */
  readonly axes: Triple<WatAxis>;
  /** What tables differ by. */
  readonly per: TablePer;
  /** Whether items of the output read items of the input by a table. */
  readonly sources: boolean;
  /**
   * Elements along each axis of the blocks that a gather of channels takes at a
   * time, where it does: its work is counted in rows of blocks.
   */
  readonly block: Triple<number> | undefined;
  /**
   * Whether windows are whole planes, of which four are folded at a time, or
   * whose elements have the same gradient.
   */
  readonly planes: boolean;
  /** Whether rows of all channels are folded first, then columns. */
  readonly foldsRows: boolean;
  /** Rows that are kept for the next row of windows, where it does. */
  readonly keptRows: number;
  /** Whether rows of all channels are folded once, with the places of the best. */
  readonly keepsPlaces: boolean;
  /** Positions in a window, elements outside the input included. */
  readonly windowSize: number;
}

/** How a program best runs over these windows. */
export function watPlan(program: Program, geometry: Geometry): WatPlan {
  const { input, output, channels, per, layout, sources } = geometry;
  if (prefersScatter(program, geometry)) {
    return { ...elementsPlan(geometry), schedule: "scatter" };
  }
  const inStrips = prefersStrips(program, geometry);
  if (!inStrips && prefersElements(program, geometry)) {
    const planes = takesPlanes(program, geometry);
    return { ...elementsPlan(geometry), planes };
  }
  const usesTaps = countsTaps(program);
  const axes = geometry.axes.map((axis, a) => {
    const fixed = watAxis(axis, input[a], output[a]);
    if (inStrips) return stripAxis(fixed, axis);
    return usesTaps ? { ...fixed, size: axis.size } : fixed;
  }) as unknown as Triple<WatAxis>;
  const columns = runsOnColumns(geometry);
  const channelsLast = layout === "NHWC";
  const alone = per === "plane" || (!channelsLast && channels < 4);
  const lanes = !columns && (alone || usesTaps) ? 1 : 4;
  const blocks = channelsLast && lanes === 4 &&
    takesBlocks(program, geometry);
  const foldsRows = prefersRows(program, geometry);
  return {
    schedule: inStrips
      ? "strips"
      : columns
      ? prefersRolling(program, geometry) ? "rolling" : "columns"
      : !usesTaps && prefersTables(program, geometry)
      ? "tables"
      : "channels",
    lanes,
    channelsLast,
    axes,
    per,
    sources: sources !== undefined,
    block: blocks
      ? axes.map(({ stride }) => stride) as unknown as Triple<number>
      : undefined,
    planes: channelsLast && program.kind === "gather" && givesAlike(program) &&
      holdsPlanes(geometry),
    foldsRows,
    keptRows: foldsRows ? keptRows(program, geometry) : 0,
    keepsPlaces: keepsPlaces(program, geometry),
    windowSize: usesTaps ? windowSize(geometry) : 0,
  };
}

/** Whether a program depends on where in its window an element stands. */
export function countsTaps({ outputs }: Program): boolean {
  return topological(outputs.map(({ value }) => value)).some(({ operation }) =>
    operation === "tap" || operation === "tapIndex" ||
    operation === "elementRandom"
  );
}

function watAxis(axis: Axis, input: number, output: number): WatAxis {
  if (axis.kind === "table") {
    return {
      kind: "table",
      absent: false,
      fixed: true,
      size: 0,
      least: 0,
      stride: 0,
      before: 0,
      after: 0,
      dilation: axis.dilation,
      cutBack: false,
      cutPadded: false,
    };
  }
  const { size, stride, before, after, dilation } = axis;
  const last = rangeOf(axis, input, output - 1);
  return {
    kind: "slide",
    absent: input === 1 && output === 1 && size === 1 && before === 0,
    fixed: true,
    size,
    least: 0,
    stride,
    before,
    after,
    dilation,
    cutBack: last.to < size,
    cutPadded: last.padded < size,
  };
}

/** An axis whose windows are all read from tables, those of a slide, too. */
function stripAxis(fixed: WatAxis, axis: Axis): WatAxis {
  if (fixed.absent) return fixed;
  const { size } = axis;
  const least = axis.kind === "table" ? countsOf(axis).least : size;
  return { ...fixed, kind: "table", stride: 0, size, least };
}

/** A plan for windows of any size. */
function elementsPlan(geometry: Geometry): WatPlan {
  const { input, output, per, sources, layout } = geometry;
  const axes = geometry.axes.map((axis, a): WatAxis => {
    const known = watAxis(axis, input[a], output[a]);
    if (known.absent) return known;
    return {
      ...known,
      fixed: false,
      size: 0,
      stride: 0,
      before: 0,
      after: 0,
      cutBack: true,
      cutPadded: true,
    };
  }) as unknown as Triple<WatAxis>;
  return {
    schedule: "elements",
    lanes: 4,
    channelsLast: layout === "NHWC",
    axes,
    per,
    sources: sources !== undefined,
    block: undefined,
    planes: false,
    foldsRows: false,
    keptRows: 0,
    keepsPlaces: false,
    windowSize: 0,
  };
}

/**
 * The columns of the output, `from` up to `to`, whose windows lie inside the
 * input along the last axis.
 */
export function interiorOf(geometry: Geometry): { from: number; to: number } {
  const axis = geometry.axes[2];
  if (axis.kind === "table") return { from: 0, to: 0 };
  const { size, stride, before, dilation } = axis;
  const room = geometry.input[2] - 1 - (size - 1) * dilation + before;
  const from = Math.ceil(before / stride);
  return {
    from,
    to: Math.min(geometry.output[2], Math.floor(room / stride) + 1),
  };
}
