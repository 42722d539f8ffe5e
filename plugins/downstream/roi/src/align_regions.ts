import { axisNames, type AxisRows } from "@rockpool/kernel";
import type { RegionsOptions } from "./options.ts";
import { cornersOf, type RegionsPlan } from "./plan.ts";
import { sampleAxis } from "./sample_axis.ts";

/** Points of a window along an axis that there may be at most. */
const MOST_SAMPLES = 4096;

/** How regions are sampled. */
export interface AlignOptions extends RegionsOptions {
  /** Points of a window along each axis; below 1 the region decides. */
  readonly samplingRatio: number;
  /** Whether element i has its centre at i + ½. */
  readonly aligned: boolean;
}

/** A region along an axis, and how many points each of its windows has. */
export interface AlignedAxis {
  readonly first: number;
  readonly size: number;
  readonly samples: number;
}

/**
 * Each region along each axis, without any rounding of its corners to elements;
 * rounded to float32 where torchvision does it, for the same numbers of points.
 *
 * @throws {RangeError} where a window would have more points than 4096
 */
export function alignRegions(
  { planes, outputSize, sources }: RegionsPlan,
  options: AlignOptions,
): AlignedAxis[][] {
  const { samplingRatio, aligned } = options;
  const scale = Math.fround(options.spatialScale);
  const place = (corner: number) =>
    Math.fround(Math.fround(corner * scale) - (aligned ? 0.5 : 0));
  return Array.from(sources, (_, region) =>
    planes.spatial.map((_, axis) => {
      const corners = cornersOf(options, region, axis);
      const first = place(corners.first);
      const between = Math.fround(place(corners.last) - first);
      const size = aligned ? between : Math.max(between, 1);
      const windows = outputSize[axis];
      const samples = samplingRatio > 0
        ? samplingRatio
        : Math.max(0, Math.ceil(Math.fround(size / windows)));
      if (samples > MOST_SAMPLES) {
        throw new RangeError(
          `Cannot align region ${region}: its ${
            axisNames(planes.axes)[axis]
          } ${size} takes ${samples} points in each of ${windows} windows, at most ${MOST_SAMPLES} are allowed, a samplingRatio is needed`,
        );
      }
      return { first, size, samples };
    }));
}

/** The means of the points of each window, along each axis of each region. */
export function windowMeans(
  { planes, outputSize }: RegionsPlan,
  regions: readonly (readonly AlignedAxis[])[],
): AxisRows[][] {
  return regions.map((axes) =>
    axes.map((place, axis) =>
      sampleAxis(place, {
        length: planes.spatial[axis],
        windows: outputSize[axis],
        samples: place.samples,
      })
    )
  );
}
