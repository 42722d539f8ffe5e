import type { Context, Layout, Shape, Value } from "@rockpool/core";
import { slide, type WindowKernel } from "@rockpool/kernel";
import { outputShape, type Plan } from "./adaptive.ts";

/** Elements of a plane from which on it is reduced in two steps. */
const LARGE = 1024;

/** A reduction of planes in two steps: of runs of elements, then of the runs. */
export interface TwoSteps {
  /** Reduces a run. */
  readonly first: WindowKernel;
  /** Reduces what the first gives for all runs of a plane. */
  readonly second: WindowKernel;
  /** Numbers by the names of the second's scalars. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Whether a run must be of elements that follow each other. */
  readonly ordered: boolean;
}

/** Whether there is one window, and so large that two steps pay. */
export function isWhole({ planes, sizes }: Plan): boolean {
  return planes.items > 0 && sizes.every((size) => size === 1) &&
    elementsOf(planes) >= LARGE;
}

/** The elements of a plane. */
export function elementsOf({ spatial }: Plan["planes"]): number {
  return spatial.reduce((product, length) => product * length, 1);
}

/**
 * Reduces whole planes of M elements, √M runs of √M first: no sum is long, so
 * that rounding errors stay small, and there is work for many threads.
 */
export function reduceWhole(
  cx: Context,
  x: Value,
  plan: Plan,
  { first, second, scalars, ordered }: TwoSteps,
): Value {
  const { planes } = plan;
  const { items, channels, layout } = planes;
  const elements = elementsOf(planes);
  const run = Math.ceil(Math.sqrt(elements));
  const vectors = layout === "NCHW" && !ordered && elements % 4 === 0;
  const columns: Columns = vectors
    // Four neighbours of a plane make a vector, as if they were channels.
    ? { items: items * channels, channels: 4, layout: "NHWC" }
    : grouped({ items, channels, layout });
  const length = vectors ? elements / 4 : elements;
  const partial = reduceRuns(cx, x, { kernel: first, columns, length, run });
  const runs = Math.ceil(length / run) * (vectors ? 4 : 1);
  const y = reduceRuns(cx, partial, {
    kernel: second,
    columns: grouped({ items, channels, layout }),
    length: runs,
    run: runs,
    scalars,
  });
  return cx.reshape(y, outputShape(plan, { channels, flatten: false }));
}

/** Planes seen as columns, whose windows are rows for threads to divide. */
interface Columns {
  readonly items: number;
  readonly channels: number;
  readonly layout: Layout;
}

/** Planes in fours, as many as are read together, so that reads lie together. */
function grouped(columns: Columns): Columns {
  const { items, channels, layout } = columns;
  if (layout === "NHWC" || channels % 4 !== 0) return columns;
  return { items: (items * channels) / 4, channels: 4, layout };
}

function reduceRuns(
  cx: Context,
  x: Value,
  { kernel, columns: { items, channels, layout }, length, run, scalars }: {
    readonly kernel: WindowKernel;
    readonly columns: Columns;
    readonly length: number;
    readonly run: number;
    readonly scalars?: TwoSteps["scalars"];
  },
): Value {
  const shape: Shape = layout === "NCHW"
    ? [items, channels, length, 1]
    : [items, length, 1, channels];
  const windows = slide(shape, {
    kernelSize: [run, 1],
    ceilMode: true,
    layout,
  });
  const values = { x: cx.reshape(x, shape) };
  return cx.window(kernel, { values, scalars }, windows).y;
}
