import type { Context, Value } from "@rockpool/core";
import {
  type Geometry,
  type Table,
  tables,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

const copy: WindowKernel = windowKernel(
  "copy",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

/** Windows that all hold the only element there is. */
function copies(count: number): Table {
  return { starts: Array(count).fill(0), counts: Array(count).fill(1) };
}

/**
 * A row of one number, or of one per channel, as a number for each plane:
 * `[1, 1]` or `[1, C]` becomes `[N, C]`, and gradients are summed.
 */
export function toPlanes(
  cx: Context,
  row: Value,
  { items, channels }: Geometry,
): Value {
  if (items === 0) {
    return cx.constant({ shape: [0, channels], data: new Float32Array() });
  }
  const broadcast = (x: Value, count: number, layout: "NCHW" | "NHWC") =>
    cx.window(
      copy,
      { values: { x } },
      tables(x.shape, { tables: [copies(count)], layout }),
    ).y;
  const full = row.shape[1] === channels
    ? row
    : broadcast(row, channels, "NCHW");
  return broadcast(full, items, "NHWC");
}
