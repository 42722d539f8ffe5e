import { adaptiveTable, type AxisRows, roundHalfAway } from "@rockpool/kernel";
import type { RegionsOptions } from "./options.ts";
import { cornersOf, type RegionsPlan } from "./plan.ts";

/**
 * The means of the windows that regions are divided into, along each axis of
 * each region, as R-FCN has them in torchvision: corners are rounded half away
 * from zero, and the last one does not belong to the region.
 */
export function meanBins(
  { planes, outputSize, sources }: RegionsPlan,
  { options, limits }: {
    readonly options: RegionsOptions;
    /** Elements along each axis that are read. */
    readonly limits: readonly number[];
  },
): AxisRows[][] {
  const scale = Math.fround(options.spatialScale);
  const round = (corner: number) => roundHalfAway(Math.fround(corner * scale));
  return Array.from(sources, (_, region) =>
    planes.spatial.map((_, axis) => {
      const corners = cornersOf(options, region, axis);
      const first = round(corners.first);
      return binMeans({
        first,
        size: Math.max(round(corners.last) - first, 1),
        windows: outputSize[axis],
        limit: limits[axis],
      });
    }));
}

/** A region along an axis, and how it is divided. */
interface BinnedAxis {
  readonly first: number;
  readonly size: number;
  readonly windows: number;
  /** Elements along the axis that are read. */
  readonly limit: number;
}

function binMeans({ first, size, windows, limit }: BinnedAxis): AxisRows {
  const { starts, counts } = adaptiveTable(size, windows);
  const clip = (at: number) => Math.max(0, Math.min(limit, first + at));
  const bins = Array.from(
    { length: windows },
    (_, i) => [clip(starts[i]), clip(starts[i] + counts[i])],
  );
  const offsets = new Int32Array(windows + 1);
  for (const [i, [from, to]] of bins.entries()) {
    offsets[i + 1] = offsets[i] + to - from;
  }
  const entries = new Int32Array(offsets[windows]);
  const weights = new Float64Array(offsets[windows]);
  for (const [i, [from, to]] of bins.entries()) {
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      entries[at] = from + at - offsets[i];
      weights[at] = 1 / (to - from);
    }
  }
  return { offsets, entries, weights };
}
