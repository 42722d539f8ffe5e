import type { PoolingOp, Shape } from "@rockpool/core";
import {
  type AxisSums,
  type Geometry,
  perAxis,
  planesOf,
  type PositionSamples,
  productSamples,
  regionItems,
  select,
  tables,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { roiAlign, type RoiAlignOptions } from "@rockpool/roi/align";

/** The options of {@linkcode roiAlignMax}: a point is not averaged. */
export type RoiAlignMaxOptions = Omit<RoiAlignOptions, "mode">;

const { mode: _, ...options } = roiAlign.options;

/** The greatest element of each window; 0 where it has none. */
const greatest: WindowKernel = windowKernel(
  "roi-align-max",
  ["x"],
  ({ x }, fold) => select(fold.count().gt(0), fold.max(x), 0),
);

/**
 * RoIAlign of ONNX with mode `max`: the greatest of the weighted corners of all
 * points.
 *
 * Where `roi-align` first interpolates between the four elements around a
 * point, ONNX multiplies each of them by its weight and takes the greatest of
 * these products; a point outside gives 0.
 */
export const roiAlignMax: PoolingOp<RoiAlignMaxOptions, "x", never, "y"> = {
  name: "onnx-roi-align-max",
  summary: "the greatest weighted corner of points of parts of regions",
  category: "downstream",
  options,
  inputs: ["x"],
  shape: ({ x }, options) => roiAlign.shape({ x }, { ...options, mode: "max" }),
  forward(cx, { x }, options) {
    if (options.rois.shape[0] === 0) {
      return roiAlign.forward(cx, { x }, { ...options, mode: "avg" }, {});
    }
    const { samples, windows } = cornersOf(x.shape, options);
    const values = { x: cx.sample(x, samples) };
    return { y: cx.window(greatest, { values }, windows).y };
  },
};

/** All corners of each region as an item, and which belong to each window. */
interface Corners {
  readonly samples: PositionSamples;
  readonly windows: Geometry;
}

function cornersOf(shape: Shape, options: RoiAlignMaxOptions): Corners {
  const { rois, layout } = options;
  const { spatial, items, axes } = planesOf(shape, options);
  const outputSize = perAxis("outputSize", options.outputSize, axes);
  const sources = regionItems(rois, { axes, items });
  const regions = Array.from(
    sources,
    (_, region) => spatial.map((_, axis) => placeOf(options, region, axis)),
  );
  // Two corners of each point along each axis.
  const lengths = outputSize.map((windows, axis) =>
    2 * windows * Math.max(...regions.map((axes) => axes[axis].samples), 1)
  );
  const samples = productSamples(shape, {
    items: regions.map((places, region) => ({
      source: sources[region],
      axes: places.map((place, axis) =>
        axisCorners(place, {
          length: spatial[axis],
          windows: outputSize[axis],
          rows: lengths[axis],
        })
      ),
    })),
    outputSize: lengths,
    layout,
  });
  const windows = tables(samples.outputShape, {
    tables: outputSize.map((windows, axis) => {
      const counts = regions.flatMap((axes) =>
        Array<number>(windows).fill(2 * axes[axis].samples)
      );
      const starts = counts.map((count, at) => (at % windows) * count);
      return { starts, counts };
    }),
    per: "item",
    layout,
  });
  return { samples, windows };
}

/** A region along an axis, and how many points each of its windows has. */
interface Place {
  readonly first: number;
  readonly size: number;
  readonly samples: number;
}

function placeOf(
  { rois, spatialScale, aligned, samplingRatio, outputSize }:
    RoiAlignMaxOptions,
  region: number,
  axis: number,
): Place {
  const columns = rois.shape[1];
  const axes = (columns - 1) / 2;
  const at = region * columns + axes - axis;
  const scale = Math.fround(spatialScale);
  const place = (corner: number) =>
    Math.fround(Math.fround(corner * scale) - (aligned ? 0.5 : 0));
  const first = place(rois.data[at]);
  const between = Math.fround(place(rois.data[at + axes]) - first);
  const size = aligned ? between : Math.max(between, 1);
  const windows = perAxis("outputSize", outputSize, axes)[axis] as number;
  const samples = samplingRatio > 0
    ? samplingRatio
    : Math.max(0, Math.ceil(Math.fround(size / windows)));
  return { first, size, samples };
}

/** The element before and behind each point, by its weight. */
function axisCorners(
  { first, size, samples }: Place,
  { length, windows, rows }: {
    readonly length: number;
    readonly windows: number;
    readonly rows: number;
  },
): AxisSums {
  const elements: number[][] = Array.from({ length: rows }, () => []);
  const weights: number[][] = Array.from({ length: rows }, () => []);
  const points = windows * samples;
  for (let t = 0; t < points; t++) {
    const point = first + ((t + 0.5) * size) / points;
    // Written so that a point that is no number is outside.
    if (!(point >= -1 && point <= length)) continue;
    const q = Math.max(point, 0);
    const left = Math.min(Math.trunc(q), length - 1);
    const share = left === length - 1 ? 0 : q - left;
    elements[2 * t].push(left);
    weights[2 * t].push(1 - share);
    if (share > 0) {
      elements[2 * t + 1].push(left + 1);
      weights[2 * t + 1].push(share);
    }
  }
  return { elements, weights };
}
