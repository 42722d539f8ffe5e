import type { Layout, Shape, Windows } from "@rockpool/core";
import type { Transposing } from "./wat_transposing.ts";

/** Windows of one axis at a fixed distance from each other. */
export interface SlideAxis {
  /** A window at every stride. */
  readonly kind: "slide";
  /** Elements per window. */
  readonly size: number;
  /** From one window to the next. */
  readonly stride: number;
  /** Padding in front of the first element. */
  readonly before: number;
  /** Padding behind the last element. */
  readonly after: number;
  /** From one element of a window to the next. */
  readonly dilation: number;
}

/** Windows of one axis whose starts and sizes stand in a table. */
export interface TableAxis {
  /** Windows from a table. */
  readonly kind: "table";
  /** The largest number of elements in a window. */
  readonly size: number;
  /** The first element of each window, for each group. */
  readonly starts: Int32Array;
  /** The number of elements of each window, for each group. */
  readonly counts: Int32Array;
  /** From one element of a window to the next. */
  readonly dilation: number;
}

/** How the windows of one axis lie. */
export type Axis = SlideAxis | TableAxis;

/** What has tables of its own: a whole call, an item of the batch, or a plane. */
export type TablePer = "call" | "item" | "plane";

/** The part of a window that lies inside the input, along one axis. */
export interface Range {
  /** Where element 0 of the window stands, possibly outside. */
  readonly start: number;
  /** The first element that lies inside. */
  readonly from: number;
  /** One past the last element that lies inside. */
  readonly to: number;
  /** The number of elements that lie inside the padded input. */
  readonly padded: number;
}

/** Depth, height and width; an axis that a tensor lacks has length 1. */
export type Triple<T> = readonly [T, T, T];

/**
 * Which elements of an input belong to each output: windows over the spatial
 * axes of a batch of planes. Made by `slide`, `tables` and `regions`.
 */
export interface Geometry extends Windows {
  /** The shape of the inputs that windows are read from. */
  readonly inputShape: Shape;
  /** The shape of what a kernel over these windows gives. */
  readonly outputShape: Shape;
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
  /** Items of the output's batch. */
  readonly items: number;
  /** Items of the input's batch. */
  readonly inputItems: number;
  /** Channels of an item. */
  readonly channels: number;
  /** Spatial lengths of the input. */
  readonly input: Triple<number>;
  /** Spatial lengths of the output. */
  readonly output: Triple<number>;
  /** How windows lie along depth, height and width. */
  readonly axes: Triple<Axis>;
  /** What the tables of the axes differ by. */
  readonly per: TablePer;
  /** For each item of the output the item of the input it is read from. */
  readonly sources: Int32Array | undefined;
  /**
   * How the CPU runs over such windows on transposed tensors, where they are
   * made so that this may pay.
   */
  readonly transposing?: Transposing;
}

/** An axis that a tensor lacks. */
export const NO_AXIS: SlideAxis = {
  kind: "slide",
  size: 1,
  stride: 1,
  before: 0,
  after: 0,
  dilation: 1,
};

/** Spatial lengths as a triple, missing axes in front. */
export function triple<T>(spatial: readonly T[], missing: T): Triple<T> {
  const front = Array<T>(3 - spatial.length).fill(missing);
  return [...front, ...spatial] as unknown as Triple<T>;
}

/** A geometry that can be given to many, since nobody can change it. */
export function frozenGeometry(geometry: Geometry): Geometry {
  const { inputShape, outputShape, input, output, axes } = geometry;
  for (const part of [inputShape, outputShape, input, output, axes, ...axes]) {
    Object.freeze(part);
  }
  return Object.freeze(geometry);
}

/** How many elements there are in three axes. */
export function volume([d, h, w]: Triple<number>): number {
  return d * h * w;
}

/** The number of positions in a window, elements outside the input included. */
export function windowSize({ axes }: Pick<Geometry, "axes">): number {
  return volume(axes.map((axis) => axis.size) as unknown as Triple<number>);
}

/** How many elements a window has along each axis, on average. */
export function averageSizes(
  { axes, input }: Pick<Geometry, "axes" | "input">,
): Triple<number> {
  return axes.map((axis, a) =>
    axis.kind === "slide"
      ? Math.min(axis.size, input[a])
      : countsOf(axis).average
  ) as unknown as Triple<number>;
}

/** The elements of the windows of a table. */
export interface TableCounts {
  /** Those of a window, on average. */
  readonly average: number;
  /** Those of the smallest window. */
  readonly least: number;
}

const known = new WeakMap<TableAxis, TableCounts>();

/** How many elements windows of a table have, counted once. */
export function countsOf(axis: TableAxis): TableCounts {
  let counts = known.get(axis);
  if (!counts) {
    let [sum, least] = [0, Infinity];
    for (const count of axis.counts) {
      sum += count;
      least = Math.min(least, count);
    }
    counts = { average: sum / axis.counts.length, least };
    known.set(axis, counts);
  }
  return counts;
}

/** Which table an output plane reads. */
export function tableGroup(
  { per, channels }: Geometry,
  item: number,
  channel: number,
): number {
  if (per === "call") return 0;
  return per === "item" ? item : item * channels + channel;
}

/** Where window `index` of an axis lies in an input of this length. */
export function rangeOf(
  axis: Axis,
  length: number,
  index: number,
): Range {
  if (axis.kind === "table") {
    const count = axis.counts[index];
    return { start: axis.starts[index], from: 0, to: count, padded: count };
  }
  const { size, stride, before, after, dilation } = axis;
  const start = index * stride - before;
  const inside = (end: number) =>
    Math.max(0, Math.min(size, Math.floor((end - 1 - start) / dilation) + 1));
  return {
    start,
    from: start < 0 ? Math.ceil(-start / dilation) : 0,
    to: inside(length),
    padded: inside(length + after),
  };
}
