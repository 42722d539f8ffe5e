import type { Layout, Shape, Tensor } from "@rockpool/core";
import type { Geometry, TableAxis } from "./geometry.ts";
import { axisNames, planesOf } from "./rank.ts";
import { tableGeometry } from "./table_geometry.ts";
import { adaptiveTable } from "./tables.ts";
import { transposing } from "./wat_transposing.ts";

/** How regions of interest are read. */
export interface RegionOptions {
  /** Windows along each spatial axis. */
  readonly outputSize: readonly number[];
  /** What the coordinates are multiplied by to count elements. */
  readonly spatialScale?: number;
  /** Channels before or after the spatial axes; before by default. */
  readonly layout?: Layout;
}

/**
 * Windows inside regions of interest, as Fast R-CNN divides them.
 *
 * A row of `rois` is the item of the batch, then the first corner and the last
 * one, fastest axis first: `[item, x1, y1, x2, y2]`. Corners are scaled,
 * rounded half away from zero, and both belong to the region, which is divided
 * as {@linkcode adaptiveTable} does; what lies outside the input is cut off,
 * possibly to nothing.
 *
 * @throws {TypeError} where the rank does not fit
 * @throws {RangeError} where a row names no item or holds what is no number
 */
export function regions(
  shape: Shape,
  rois: Tensor,
  options: RegionOptions,
): Geometry {
  const { outputSize, spatialScale = 1, layout } = options;
  const axes = outputSize.length;
  const planes = planesOf(shape, { axes, layout });
  const columns = 1 + 2 * axes;
  const sources = regionItems(rois, { axes, items: planes.items });
  if (!(spatialScale > 0 && Number.isFinite(spatialScale))) {
    throw new RangeError(
      `Cannot scale regions by ${spatialScale}: a number greater than 0 is needed`,
    );
  }
  const count = rois.shape[0];
  const tablesOf = outputSize.map((windows, axis) => {
    const column = axes - axis;
    const corner = (row: number, offset: number) =>
      roundHalfAway(Math.fround(
        rois.data[row * columns + offset] * Math.fround(spatialScale),
      ));
    return regionAxis({
      windows,
      length: planes.spatial[axis],
      name: axisNames(axes)[axis],
      spans: Array.from(
        { length: count },
        (_, row) => [corner(row, column), corner(row, column + axes)] as const,
      ),
    });
  });
  return tableGeometry(shape, planes, {
    axes: tablesOf,
    output: outputSize,
    per: "item",
    groups: count,
    sources,
    transposing,
  });
}

/**
 * The item of the batch that each region lies in: the first number of its row.
 *
 * @throws {RangeError} where the rows are of another length, or one names no
 * item or holds what is no number
 */
export function regionItems(
  rois: Tensor,
  { axes, items }: {
    /** Spatial axes. */
    readonly axes: number;
    /** Items of the batch. */
    readonly items: number;
  },
): Int32Array {
  const columns = 1 + 2 * axes;
  if (rois.shape.length !== 2 || rois.shape[1] !== columns) {
    throw new RangeError(
      `Cannot pool regions of shape [${rois.shape}]: rows of ${columns} numbers are needed, the item and two corners`,
    );
  }
  const sources = new Int32Array(rois.shape[0]);
  for (let row = 0; row < sources.length; row++) {
    const numbers = rois.data.subarray(row * columns, (row + 1) * columns);
    const item = numbers[0];
    const isItem = Number.isInteger(item) && item >= 0 && item < items;
    if (!isItem || !numbers.every(Number.isFinite)) {
      throw new RangeError(
        `Cannot pool region ${row}, [${numbers}]: an item below ${items} and finite corners are needed`,
      );
    }
    sources[row] = item;
  }
  return sources;
}

/** An axis of an input and the first and last element of each region on it. */
interface RegionPlace {
  readonly windows: number;
  readonly length: number;
  readonly name: string;
  readonly spans: readonly (readonly [number, number])[];
}

function regionAxis(place: RegionPlace): TableAxis {
  const { windows, length, name, spans } = place;
  if (!Number.isInteger(windows) || windows < 1) {
    throw new RangeError(
      `Cannot divide the ${name} of regions into ${windows} windows: a positive integer is needed`,
    );
  }
  const starts = new Int32Array(spans.length * windows);
  const counts = new Int32Array(spans.length * windows);
  const clip = (at: number) => Math.max(0, Math.min(length, at));
  for (const [region, [first, last]] of spans.entries()) {
    const bins = adaptiveTable(Math.max(last - first + 1, 1), windows);
    for (let i = 0; i < windows; i++) {
      const start = first + bins.starts[i];
      const from = clip(start);
      starts[region * windows + i] = from;
      counts[region * windows + i] = clip(start + bins.counts[i]) - from;
    }
  }
  const size = counts.reduce((most, next) => Math.max(most, next), 1);
  return { kind: "table", size, starts, counts, dilation: 1 };
}

/** The nearest integer; halves go away from zero. Limited to ±2²⁹. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  const rounded = Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
  return Math.max(-(2 ** 29), Math.min(2 ** 29, rounded));
}
