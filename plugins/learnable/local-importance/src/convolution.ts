import { type Context, type Shape, sizeOf, type Value } from "@rockpool/core";
import {
  expand,
  matmulKernel,
  type Planes,
  type Table,
  tables,
  transpose,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

const move: WindowKernel = windowKernel(
  "move",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

/** What {@linkcode convolve} needs to know of the axes of its input. */
export type Pixels = Pick<Planes, "spatial" | "layout">;

/**
 * A convolution of stride 1 without bias whose output is as large as its
 * input: zeros stand around it, and each axis of the kernel is odd.
 *
 * @param x `[N, Ci, pixels]`; with layout NHWC `[N, pixels, Ci]`
 * @param filters `[Co, Ci, …kernelSize]`
 * @returns `[N, Co, pixels]`, or `[N, pixels, Co]`
 */
export function convolve(
  cx: Context,
  x: Value,
  filters: Value,
  pixels: Pixels,
): Value {
  const [outputs, channels, ...kernelSize] = filters.shape;
  const channelsLast = pixels.layout === "NHWC";
  const matrix = cx.reshape(filters, [
    outputs,
    channels * sizeOf(kernelSize),
  ]);
  if (sizeOf(kernelSize) === 1) {
    return channelsLast
      ? cx.matmul([x, matrix], matmulKernel, { transposeB: true })
      : cx.matmul([matrix, x], matmulKernel);
  }
  const planes = channelsLast ? transpose(cx, x) : x;
  const columns = neighbours(cx, planes, kernelSize, pixels.spatial);
  return channelsLast
    ? cx.matmul([columns, matrix], matmulKernel, {
      transposeA: true,
      transposeB: true,
    })
    : cx.matmul([matrix, columns], matmulKernel);
}

/**
 * What the filters meet at each pixel, `[N, C · taps, pixels]`: a copy of each
 * plane for each position in the kernel, moved so far that the pixel's
 * neighbour there takes its place.
 */
function neighbours(
  cx: Context,
  planes: Value,
  kernelSize: Shape,
  spatial: readonly number[],
): Value {
  const [items, channels, pixels] = planes.shape;
  let copies = planes;
  // Axis by axis, so that only the last one moves single numbers, not rows.
  for (let axis = spatial.length - 1; axis >= 0; axis--) {
    const size = sizeOf(copies.shape) / (items * channels);
    const taps = kernelSize[axis];
    const row = sizeOf(spatial.slice(axis + 1));
    const apart = cx.reshape(copies, [items, channels, 1, size]);
    const more = expand(cx, apart, { axis: 2, count: taps });
    const rows = taps * size / row;
    const [shape, layout] = row === 1
      ? [[items, channels, rows], "NCHW"] as const
      : [[items * channels, rows, row], "NHWC"] as const;
    const table = moves(rows, taps, spatial[axis]);
    copies = cx.window(
      move,
      { values: { x: cx.reshape(more, shape) } },
      tables(shape, { tables: [table], layout }),
    ).y;
  }
  const taps = sizeOf(kernelSize);
  return cx.reshape(copies, [items, channels * taps, pixels]);
}

/**
 * Windows of one element, or of none where a neighbour is outside: of each tap
 * as many rows, which lie along an axis of this length over and over.
 */
function moves(rows: number, taps: number, length: number): Table {
  const starts = new Int32Array(rows);
  const counts = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const distance = Math.floor(row / (rows / taps)) - (taps >> 1);
    const to = row % length + distance;
    if (to < 0 || to >= length) continue;
    starts[row] = row + distance;
    counts[row] = 1;
  }
  return { starts, counts };
}
