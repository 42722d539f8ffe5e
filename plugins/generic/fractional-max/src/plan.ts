import { equalShapes, formatShape, type Shape } from "@rockpool/core";
import {
  axisNames,
  type PerAxis,
  perAxis,
  type Planes,
  planesOf,
} from "@rockpool/kernel";
import type { FractionalMaxOptions } from "./options.ts";

/** What the options make of an input. */
export interface Plan {
  readonly planes: Planes;
  /** The windows of each axis. */
  readonly axes: readonly AxisPlan[];
  /** Whether each plane has windows of its own. */
  readonly perPlane: boolean;
}

/** What the windows of one axis are to be. */
export interface AxisPlan {
  /** Elements along the axis. */
  readonly length: number;
  /** Windows along it. */
  readonly windows: number;
  /** Elements of a window, which scheme `torch` alone is told. */
  readonly size: number;
}

/**
 * What the options make of an input.
 *
 * @throws {TypeError} where options exclude each other or the rank does not fit
 * @throws {RangeError} where the windows do not fit the input, or the samples
 * the planes
 */
export function planOf(shape: Shape, options: FractionalMaxOptions): Plan {
  const { kernelSize, outputSize, outputRatio, layout } = options;
  checkTogether(options);
  const lists = [kernelSize, outputSize, outputRatio]
    .filter((list) => Array.isArray(list) && list.length <= 3) as number[][];
  const planes = planesOf(shape, {
    axes: options.axes ?? lists[0]?.length,
    layout,
  });
  const each = (name: string, value: PerAxis | null) =>
    value === null ? [] : perAxis(name, value, planes.axes) as number[];
  const sizes = each("kernelSize", kernelSize);
  const counts = each("outputSize", outputSize);
  const ratios = each("outputRatio", outputRatio);
  const axes = planes.spatial.map((length, a) => ({
    length,
    windows: counts[a] ?? Math.floor(length * ratios[a]),
    size: sizes[a] ?? 0,
  }));
  for (const [a, axis] of axes.entries()) {
    checkAxis(axisNames(planes.axes)[a], axis, options);
  }
  checkSamples(planes, options);
  const perPlane = options.scheme === "torch" ||
    options.granularity === "plane";
  return { planes, axes, perPlane };
}

function checkTogether(options: FractionalMaxOptions): void {
  const { scheme, kernelSize, outputSize, outputRatio } = options;
  const { granularity, overlapping, randomSamples } = options;
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot place windows by scheme "${scheme}" ${why}`);
  };
  if ((outputSize === null) === (outputRatio === null)) {
    refuse(
      `with ${
        outputSize === null ? "neither" : "both"
      } outputSize and outputRatio: one of them is needed`,
    );
  }
  if (scheme === "torch") {
    if (kernelSize === null) refuse("without kernelSize: it is needed");
    if (granularity === "layer") {
      refuse('with granularity "layer": "plane" or null is needed');
    }
    if (!overlapping) {
      refuse("and overlapping false: kernelSize decides, true is needed");
    }
    return;
  }
  if (kernelSize !== null) {
    refuse("with a kernelSize: null is needed, the output's size decides");
  }
  if (randomSamples === null) return;
  if (scheme === "random") refuse("with randomSamples: it shuffles instead");
  if (granularity !== "plane") {
    refuse('with randomSamples of each plane: granularity "plane" is needed');
  }
}

function checkAxis(
  name: string,
  { length, windows, size }: AxisPlan,
  { scheme, overlapping }: FractionalMaxOptions,
): void {
  if (windows < 1) {
    throw new RangeError(
      `Cannot pool an input of ${name} ${length}: outputRatio leaves no window of it`,
    );
  }
  const more = scheme === "torch" ? size - 1 : Number(overlapping);
  if (windows + more <= length) return;
  const of = scheme === "torch"
    ? ` of kernelSize ${size}`
    : overlapping
    ? " that overlap"
    : "";
  throw new RangeError(
    `Cannot pool an input of ${name} ${length}: ${windows} windows${of} need at least ${
      windows + more
    }`,
  );
}

function checkSamples(
  { items, channels, axes }: Planes,
  { randomSamples: samples }: FractionalMaxOptions,
): void {
  if (samples === null) return;
  const needed = [items, channels, axes];
  if (!equalShapes(samples.shape, needed)) {
    throw new RangeError(
      `Cannot place windows by randomSamples of shape ${
        formatShape(samples.shape)
      }: ${formatShape(needed)} is needed, one for each item, channel and axis`,
    );
  }
  const bad = samples.data.find((u) => !(u >= 0 && u < 1));
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot place windows by a sample of ${bad}: at least 0 and less than 1 is needed`,
    );
  }
}
