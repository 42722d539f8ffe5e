import { checkShape, type Shape } from "@rockpool/core";
import {
  perAxis,
  type Planes,
  planesOf,
  regionItems,
  type SampledItem,
  shapeOf,
} from "@rockpool/kernel";
import type { RegionsOptions } from "./options.ts";

/** What the options of regions make of an input. */
export interface RegionsPlan {
  readonly planes: Planes;
  /** Windows along each axis. */
  readonly outputSize: readonly number[];
  /** The item of the batch that each region lies in. */
  readonly sources: Int32Array;
}

/**
 * What the options of regions make of an input.
 *
 * @throws {TypeError} where the rank or the length of a list does not fit
 * @throws {RangeError} where the rows of the regions are of another length, or
 * one names no item or holds what is no number
 */
export function planOf(shape: Shape, options: RegionsOptions): RegionsPlan {
  const { rois, layout } = options;
  const corners = ((rois.shape[1] ?? 0) - 1) / 2;
  const axes = options.axes ?? ([1, 2, 3].includes(corners) ? corners : null);
  const planes = planesOf(shape, { axes, layout });
  const { items } = planes;
  return {
    planes,
    outputSize: perAxis(
      "outputSize",
      options.outputSize,
      planes.axes,
    ) as number[],
    sources: regionItems(rois, { axes: planes.axes, items }),
  };
}

/**
 * The shape of what is pooled: a batch of the regions.
 *
 * @throws {RangeError} where it has more elements than 32-bit indices reach
 */
export function regionsShape(
  { planes, outputSize, sources }: RegionsPlan,
  channels: number = planes.channels,
): Shape {
  const items = sources.length;
  const shape = shapeOf(
    { ...planes, batched: true, items, channels },
    outputSize,
  );
  checkShape(shape, "an output");
  return shape;
}

/** Corners of a region along an axis, as they are given. */
export function cornersOf(
  { rois }: Pick<RegionsOptions, "rois">,
  region: number,
  axis: number,
): { readonly first: number; readonly last: number } {
  const columns = rois.shape[1];
  const axes = (columns - 1) / 2;
  const at = region * columns + axes - axis;
  return { first: rois.data[at], last: rois.data[at + axes] };
}

/** Regions as items, with the rows of their axes. */
export function itemsOf(
  { sources }: RegionsPlan,
  rows: readonly SampledItem["axes"][],
): SampledItem[] {
  return rows.map((axes, region) => ({ source: sources[region], axes }));
}
