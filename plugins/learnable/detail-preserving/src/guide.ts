import {
  checkShape,
  type Context,
  type Shape,
  type Value,
} from "@rockpool/core";
import {
  axisNames,
  type Geometry,
  NO_AXIS,
  perAxis,
  planesOf,
  type SlideAxis,
  triple,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import type { DetailPreservingOptions } from "./options.ts";

const plain: WindowKernel = windowKernel(
  "detail-preserving-guide",
  ["x"],
  ({ x, filter }, fold) => fold.sum(x.mul(filter)),
  { taps: ["filter"] },
);

const biased: WindowKernel = windowKernel(
  "detail-preserving-guide-bias",
  ["x"],
  ({ x, filter, bias }, fold) => fold.sum(x.mul(filter)).add(bias),
  { taps: ["filter"], channels: ["bias"] },
);

/** What a guide is computed from. */
export interface GuideTensors {
  /** The input. */
  readonly x: Value;
  /** `[C, …filterSize]`. */
  readonly filter: Value;
  /** `[C]`, with `filterBias`. */
  readonly bias: Value | undefined;
}

/** The filter's response for each of the given windows. */
export function filtered(
  cx: Context,
  { x, filter, bias }: GuideTensors,
  { windows, options }: {
    readonly windows: Geometry;
    readonly options: DetailPreservingOptions;
  },
): Value {
  const around = filterWindows(windows, options);
  return bias
    ? cx.window(biased, { values: { x, filter, bias } }, around).y
    : cx.window(plain, { values: { x, filter } }, around).y;
}

/** Windows for the filter in the places of those of the pooling. */
function filterWindows(
  windows: Geometry,
  options: DetailPreservingOptions,
): Geometry {
  const { size, padding } = filterAxes(windows.inputShape, options);
  const missing = 3 - size.length;
  const axes = windows.axes.slice(missing).map((axis, a): SlideAxis => {
    const { stride } = axis as SlideAxis;
    const last = (windows.output[missing + a] - 1) * stride - padding[a];
    const after = last + size[a] - windows.input[missing + a];
    return {
      kind: "slide",
      size: size[a],
      stride,
      before: padding[a],
      after: Math.max(0, after),
      dilation: 1,
    };
  });
  return { ...windows, axes: triple(axes, NO_AXIS) };
}

/** The shape of the filter's weights: `[C, …filterSize]`. */
export function filterShape(
  shape: Shape,
  options: DetailPreservingOptions,
): Shape {
  const { channels } = planesOf(shape, options);
  return [channels, ...filterAxes(shape, options).size];
}

/**
 * Checks the options of the filter.
 *
 * @throws {TypeError} where a list has not an entry for each axis
 * @throws {RangeError} where a filter may lie before the input, or is too large
 */
export function checkFilter(
  shape: Shape,
  options: DetailPreservingOptions,
): void {
  const { size, padding } = filterAxes(shape, options);
  if (options.guide === "lite") return;
  checkShape(filterShape(shape, options), "a filter");
  for (const [a, name] of axisNames(size.length).entries()) {
    if (padding[a] < size[a]) continue;
    throw new RangeError(
      `Cannot pad ${name} by ${padding[a]} for the filter: filterSize ${
        size[a]
      } allows at most ${size[a] - 1}`,
    );
  }
}

function filterAxes(shape: Shape, options: DetailPreservingOptions) {
  const { axes } = planesOf(shape, options);
  const { filterSize, filterPadding } = options;
  return {
    size: perAxis("filterSize", filterSize, axes) as readonly number[],
    padding: perAxis("filterPadding", filterPadding, axes) as readonly number[],
  };
}
