import type { Shape } from "@rockpool/core";
import {
  type Geometry,
  type PositionSamples,
  productSamples,
  tables,
} from "@rockpool/kernel";
import type { AlignedAxis } from "./align_regions.ts";
import { itemsOf, type RegionsPlan } from "./plan.ts";
import { sampleAxis } from "./sample_axis.ts";

/** All points of each region, and which of them belong to each window. */
export interface Points {
  readonly samples: PositionSamples;
  readonly windows: Geometry;
}

/**
 * The points of each region as an item of their own. Regions with fewer points
 * than others leave a rest that no window reads.
 */
export function pointsOf(
  shape: Shape,
  plan: RegionsPlan,
  regions: readonly (readonly AlignedAxis[])[],
): Points {
  const { planes: { spatial, layout }, outputSize } = plan;
  const lengths = outputSize.map((windows, axis) =>
    windows * regions.reduce(
      (most, axes) => Math.max(most, axes[axis].samples),
      1,
    )
  );
  const rows = regions.map((axes) =>
    axes.map((place, axis) => {
      const rows = sampleAxis(place, {
        length: spatial[axis],
        windows: outputSize[axis] * place.samples,
        samples: 1,
      });
      const offsets = new Int32Array(lengths[axis] + 1).fill(
        rows.entries.length,
      );
      offsets.set(rows.offsets);
      return { ...rows, offsets };
    })
  );
  const samples = productSamples(shape, {
    items: itemsOf(plan, rows),
    outputSize: lengths,
    layout,
  });
  const windows = tables(samples.outputShape, {
    tables: outputSize.map((windows, axis) => {
      const counts = regions.flatMap((axes) =>
        Array<number>(windows).fill(axes[axis].samples)
      );
      const starts = counts.map((count, at) => (at % windows) * count);
      return { starts, counts };
    }),
    per: "item",
    layout,
  });
  return { samples, windows };
}
