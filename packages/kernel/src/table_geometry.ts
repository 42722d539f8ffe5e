import type { Shape } from "@rockpool/core";
import {
  frozenGeometry,
  type Geometry,
  NO_AXIS,
  type TableAxis,
  type TablePer,
  triple,
} from "./geometry.ts";
import { type Planes, shapeOf } from "./rank.ts";

/** What there is to know of windows from tables besides their input. */
export interface TableWindows extends Pick<Geometry, "transposing"> {
  /** A table for each spatial axis, whose windows are known to fit. */
  readonly axes: readonly TableAxis[];
  /** Windows along each spatial axis. */
  readonly output: readonly number[];
  /** What has windows of its own; the whole call by default. */
  readonly per?: TablePer;
  /** How many of these there are; 1 by default. */
  readonly groups?: number;
  /** For each item of the output that of the input; each its own by default. */
  readonly sources?: Int32Array;
}

/** Windows from tables over an input of some shape. */
export function tableGeometry(
  shape: Shape,
  planes: Planes,
  { axes, output, per = "call", groups = 1, sources, transposing }:
    TableWindows,
): Geometry {
  const batch = sources ? { batched: true, items: sources.length } : {};
  const { items } = { ...planes, ...batch };
  // An axis that a tensor lacks.
  const none: TableAxis = {
    kind: "table",
    size: NO_AXIS.size,
    starts: new Int32Array(groups),
    counts: new Int32Array(groups).fill(1),
    dilation: 1,
  };
  return frozenGeometry({
    inputShape: [...shape],
    outputShape: shapeOf({ ...planes, ...batch }, output),
    layout: planes.layout,
    items,
    inputItems: planes.items,
    channels: planes.channels,
    input: planes.input,
    output: triple(output, 1),
    axes: triple(axes, none),
    per,
    sources,
    transposing,
  });
}
