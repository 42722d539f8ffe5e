import { type Layout, type Shape, sizeOf } from "@rockpool/core";

/** Whether the gradient of the input is part of the work. */
export type Direction = "forward" | "train";

/** Windows that are the same along every axis. */
export interface SlidingWindows {
  readonly kind: "windows";
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

/** As many windows along every axis as asked for; 1 is the whole plane. */
export interface AdaptiveWindows {
  readonly kind: "adaptive";
  readonly outputSize: number;
  readonly mode: "avg" | "max";
}

/** Levels of ever fewer windows over the whole plane. */
export interface Levels {
  readonly kind: "levels";
  readonly levels: readonly number[];
}

/** Windows that samples place, PyTorch's way. */
export interface FractionalWindows {
  readonly kind: "fractional";
  readonly kernelSize: number;
  readonly outputSize: number;
}

/** Regions that are pooled to the same size. */
export interface Regions {
  readonly kind: "regions";
  /** How many there are. */
  readonly count: number;
  readonly outputSize: number;
  readonly spatialScale: number;
  /** Points of a bin along each axis, of RoIAlign. */
  readonly samplingRatio: number | null;
}

/** What is pooled in each plane. */
export type BenchPlace =
  | SlidingWindows
  | AdaptiveWindows
  | Levels
  | FractionalWindows
  | Regions;

/** Work that Rockpool and its peers are timed on. */
export interface BenchCase {
  /** What it is called in tables. */
  readonly name: string;
  /** The operator's name in the registry. */
  readonly op: string;
  readonly direction: Direction;
  /** The input's shape, as the layout has it. */
  readonly shape: Shape;
  readonly layout: Layout;
  readonly place: BenchPlace;
  /** How many times as fast as the fastest peer Rockpool is to be. */
  readonly target: number;
}

/** The axes of a case's input that are pooled. */
export function spatialAxes(
  { shape, layout }: Pick<BenchCase, "shape" | "layout">,
): number[] {
  const first = layout === "NCHW" ? 2 : 1;
  return shape.slice(2).map((_, axis) => first + axis);
}

/** The shape of a case's output. */
export function outputShape(benchCase: BenchCase): Shape {
  const { op, shape, layout, place } = benchCase;
  const axes = spatialAxes(benchCase);
  const spatial = (lengthOf: (length: number) => number) =>
    shape.map((length, axis) =>
      axes.includes(axis) ? lengthOf(length) : length
    );
  switch (place.kind) {
    case "windows": {
      const { kernelSize, stride, padding } = place;
      return spatial((length) =>
        op === "max-unpool"
          ? (length - 1) * stride - 2 * padding + kernelSize
          : Math.floor((length + 2 * padding - kernelSize) / stride) + 1
      );
    }
    case "adaptive":
    case "fractional":
      return spatial(() => place.outputSize);
    case "regions":
      return spatial(() => place.outputSize).with(0, place.count);
    case "levels": {
      const channels = shape[layout === "NCHW" ? 1 : shape.length - 1];
      const windows = place.levels.map((level) => level ** axes.length);
      return [shape[0], channels * windows.reduce((a, b) => a + b)];
    }
  }
}

/** How often a call is repeated while the clock runs: small ones often. */
export function callsOf({ shape }: Pick<BenchCase, "shape">): number {
  return Math.min(100, Math.max(1, Math.round(2 ** 18 / sizeOf(shape))));
}
