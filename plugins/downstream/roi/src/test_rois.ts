import type { Layout, Shape, Tensor } from "@rockpool/core";
import { planesOf } from "@rockpool/kernel";

/** A ramp, 0 to 15 in four rows. */
export const RAMP: Tensor = {
  shape: [1, 1, 4, 4],
  data: Float32Array.from({ length: 16 }, (_, index) => index),
};

/** A tensor of regions of the first item, each two corners. */
export function rois(...rows: number[][]): Tensor<Float32Array> {
  return regions(...rows.map((row) => [0, ...row]));
}

/** A tensor of regions, each an item and two corners. */
export function regions(...rows: number[][]): Tensor<Float32Array> {
  return {
    shape: [rows.length, rows[0].length],
    data: Float32Array.from(rows.flat()),
  };
}

/**
 * First and last corner as parts of the input's length: within it, between
 * elements, over either border, around all of it, outside, of no extent, and
 * with exchanged corners.
 */
const EXTENTS: readonly (readonly [number, number])[] = [
  [0.1, 0.8],
  [0.33, 0.45],
  [-0.4, 0.3],
  [0.6, 1.7],
  [-0.5, 1.5],
  [1.5, 2.5],
  [0.5, 0.5],
  [0.9, 0.2],
];

/** Options with regions of all kinds, along each axis others; none of no item. */
export function withRois(
  shape: Shape,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { axes = 2, layout, spatialScale = 1 } = options as {
    readonly axes?: number;
    readonly layout?: Layout;
    readonly spatialScale?: number;
  };
  const { spatial, items } = planesOf(shape, { axes, layout });
  const lengths = spatial.toReversed();
  const rows = EXTENTS.map((_, row) => {
    const corners = lengths.map((length, axis) => {
      const extent = EXTENTS[(row + 3 * axis) % EXTENTS.length];
      return extent.map((part) => part * length / spatialScale);
    });
    return [
      row % items,
      ...corners.map(([first]) => first),
      ...corners.map(([, last]) => last),
    ];
  });
  const none = { shape: [0, 1 + 2 * axes], data: new Float32Array(0) };
  return { ...options, rois: items === 0 ? none : regions(...rows) };
}
