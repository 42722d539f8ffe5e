import {
  checkShape,
  type Layout,
  type OptionSpec,
  type Shape,
} from "@rockpool/core";
import {
  adaptiveTable,
  axesRule,
  frozenContents,
  type Geometry,
  layoutRule,
  perAxis,
  type Planes,
  planesOf,
  Remembered,
  sameContents,
  shapeOf,
  tables,
} from "@rockpool/kernel";

/** Windows along all axes, or along each; null is as many as elements. */
export type OutputSize = number | readonly (number | null)[];

/** The options of every operator that is told its output's size. */
export interface AdaptiveOptions {
  /** Windows along all axes, or along each; null is as many as elements. */
  readonly outputSize: OutputSize;
  /** Whether the output is a vector for each item. */
  readonly flatten: boolean;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/** The rules for {@linkcode AdaptiveOptions}. */
export const adaptiveOptions: OptionSpec<AdaptiveOptions> = {
  outputSize: {
    kind: "axes",
    min: 1,
    nullableEntries: true,
    default: 1,
    help: "spatial lengths of the output; null is that of the input",
  },
  flatten: {
    kind: "boolean",
    default: false,
    help: "whether the output is a vector for each item",
  },
  layout: layoutRule,
  axes: axesRule,
};

/** An input taken apart, and how many windows each axis has. */
export interface Plan {
  readonly planes: Planes;
  readonly sizes: readonly number[];
}

/**
 * What the options make of an input.
 *
 * @throws {TypeError} where the rank or the length of `outputSize` does not fit
 */
export function planOf(
  shape: Shape,
  { outputSize, axes, layout }: AdaptiveOptions,
): Plan {
  const isList = Array.isArray(outputSize) && outputSize.length <= 3;
  const planes = planesOf(shape, {
    axes: axes ?? (isList ? outputSize.length : null),
    layout,
  });
  const each = perAxis<number | null>("outputSize", outputSize, planes.axes);
  return { planes, sizes: planes.spatial.map((n, a) => each[a] ?? n) };
}

/** Windows, and the options that they were made of. */
interface KnownWindows extends Omit<AdaptiveOptions, "flatten"> {
  readonly windows: Geometry;
}

/** What networks ask for again and again, without tables to compare. */
const known = new Remembered<KnownWindows, Shape, AdaptiveOptions>(
  16,
  ({ windows, outputSize, axes, layout }, shape, given) =>
    axes === given.axes && layout === given.layout &&
    sameContents(outputSize, given.outputSize) &&
    sameContents(windows.inputShape, shape),
);

/** The windows of each axis, as even as they can be. */
export function adaptiveWindows(
  shape: Shape,
  options: AdaptiveOptions,
): Geometry {
  const found = known.find(shape, options);
  if (found) return found.windows;
  const { planes: { spatial }, sizes } = planOf(shape, options);
  const { layout, axes } = options;
  const each = spatial.map((length, a) => adaptiveTable(length, sizes[a]));
  const windows = tables(shape, { tables: each, layout });
  const outputSize = frozenContents(options.outputSize);
  known.add({ windows, outputSize, axes, layout });
  return windows;
}

/** The shape of the output with this many channels. */
export function outputShape(
  { planes, sizes }: Plan,
  { channels, flatten }: { channels: number; flatten: boolean },
): Shape {
  const shape = shapeOf({ ...planes, channels }, sizes);
  checkShape(shape, "an output");
  if (!flatten) return shape;
  const length = sizes.reduce((product, size) => product * size, channels);
  return planes.batched ? [planes.items, length] : [length];
}
