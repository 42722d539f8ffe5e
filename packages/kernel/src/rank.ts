import {
  checkShape,
  formatShape,
  type Layout,
  type Shape,
} from "@rockpool/core";
import { type Triple, triple } from "./geometry.ts";

/** A shape taken apart: batch, channels and spatial axes. */
export interface Planes {
  /** The number of spatial axes: 1, 2 or 3. */
  readonly axes: number;
  /** Whether the shape has a batch axis. */
  readonly batched: boolean;
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
  /** Items of the batch. */
  readonly items: number;
  /** Channels of an item. */
  readonly channels: number;
  /** The spatial lengths, as many as there are axes. */
  readonly spatial: readonly number[];
  /** The spatial lengths as depth, height and width. */
  readonly input: Triple<number>;
}

const AXIS_NAMES = [["width"], ["height", "width"], [
  "depth",
  "height",
  "width",
]];

/** The names of an operator's spatial axes: height and width of two. */
export function axisNames(axes: number): readonly string[] {
  return AXIS_NAMES[axes - 1];
}

/** How the axes of a shape are to be read. */
export interface PlanesOptions {
  /** The number of spatial axes, where it is known. */
  readonly axes?: number | null;
  /** Channels before or after the spatial axes; before by default. */
  readonly layout?: Layout;
  /** Options of windows: one that is a list has an entry for each axis. */
  readonly kernelSize?: unknown;
  /** Likewise. */
  readonly stride?: unknown;
  /** Likewise. */
  readonly padding?: unknown;
  /** Likewise. */
  readonly dilation?: unknown;
}

/**
 * Takes a shape apart.
 *
 * With `axes` spatial axes the shape has that many, a channel axis and
 * possibly a batch axis. Without, there are as many as an option that is a list
 * has entries; without such, two are taken for rank 3 and 4, one for rank 2
 * and three for rank 5.
 *
 * @throws {TypeError} for a rank that does not fit
 * @throws {RangeError} for an input without channels or spatial elements
 */
export function planesOf(shape: Shape, options: PlanesOptions = {}): Planes {
  checkShape(shape, "an input");
  const { layout = "NCHW" } = options;
  const rank = shape.length;
  const axes = options.axes ?? listLength(options) ??
    [0, 0, 1, 2, 2, 3][rank] ?? 0;
  if (axes === 0 || (rank !== axes + 1 && rank !== axes + 2)) {
    const need = axes === 0
      ? "rank 2 to 5 is needed"
      : `with ${axes} spatial axes rank ${axes + 2} (a batch) or ${
        axes + 1
      } is needed`;
    throw new TypeError(
      `Cannot pool an input of shape ${
        formatShape(shape)
      }: it has rank ${rank}, ${need}`,
    );
  }
  const batched = rank === axes + 2;
  const [items, ...rest] = batched ? shape : [1, ...shape];
  const channels = layout === "NCHW" ? rest[0] : rest[axes];
  const spatial = layout === "NCHW" ? rest.slice(1) : rest.slice(0, axes);
  if (channels === 0 || spatial.includes(0)) {
    throw new RangeError(
      `Cannot pool an input of shape ${
        formatShape(shape)
      }: at least one channel and one element along each spatial axis are needed`,
    );
  }
  const input = triple(spatial, 1);
  return { axes, batched, layout, items, channels, spatial, input };
}

/** The length of the first option that is a list, if any. */
function listLength(options: PlanesOptions): number | undefined {
  const { kernelSize, stride, padding, dilation } = options;
  for (const option of [kernelSize, stride, padding, dilation]) {
    if (Array.isArray(option) && option.length <= 3) return option.length;
  }
  return undefined;
}

/** A shape put together again, with other spatial lengths. */
export function shapeOf(
  planes: Omit<Planes, "spatial" | "input" | "axes">,
  spatial: readonly number[],
): Shape {
  const { batched, layout, items, channels } = planes;
  const inner = layout === "NCHW"
    ? [channels, ...spatial]
    : [...spatial, channels];
  return batched ? [items, ...inner] : inner;
}
