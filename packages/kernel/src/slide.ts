import {
  checkShape,
  type Layout,
  type OptionRule,
  type OptionSpec,
  type Shape,
  validateOptions,
} from "@rockpool/core";
import {
  frozenGeometry,
  type Geometry,
  NO_AXIS,
  type SlideAxis,
  triple,
} from "./geometry.ts";
import { axisNames, planesOf, shapeOf } from "./rank.ts";
import { frozenContents, Remembered, sameContents } from "./remembered.ts";

/** One integer for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** Padding: for all sides, for both sides of each axis, or [before, after] of each. */
export type PerSide =
  | number
  | readonly (number | readonly [number, number])[];

/** The options of every operator with sliding windows. */
export interface SlideOptions {
  /** Elements of a window along each axis. */
  readonly kernelSize: PerAxis;
  /** From one window to the next; null is the kernel size. */
  readonly stride: PerAxis | null;
  /** Positions around the input that no element fills. */
  readonly padding: PerSide;
  /** From one element of a window to the next. */
  readonly dilation: PerAxis;
  /** Whether a last window may reach beyond the padding. */
  readonly ceilMode: boolean;
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is as many as a list has, else 2 (rank 2: 1, rank 5: 3). */
  readonly axes: number | null;
}

/** The rule for `layout`. */
export const layoutRule: OptionRule<Layout> = {
  kind: "choice",
  choices: ["NCHW", "NHWC"],
  default: "NCHW",
  help: "channels before the spatial axes (NCHW) or after them (NHWC)",
};

/** The rule for `axes`. */
export const axesRule: OptionRule<number | null> = {
  kind: "integer",
  min: 1,
  max: 3,
  nullable: true,
  default: null,
  help:
    "spatial axes; null is as many as a list option has, else 2 (1 for rank 2, 3 for rank 5)",
};

/** The rules for sliding windows, to spread into an operator's own. */
export const slideOptions: OptionSpec<SlideOptions> = {
  kernelSize: {
    kind: "axes",
    min: 1,
    help: "elements of a window along each axis",
  },
  stride: {
    kind: "axes",
    min: 1,
    nullable: true,
    default: null,
    help: "from one window to the next; null is kernelSize",
  },
  padding: {
    kind: "sides",
    min: 0,
    default: 0,
    help: "positions around the input that no element fills",
  },
  dilation: {
    kind: "axes",
    min: 1,
    default: 1,
    help: "from one element of a window to the next",
  },
  ceilMode: {
    kind: "boolean",
    default: false,
    help: "whether a last window may reach beyond the padding",
  },
  layout: layoutRule,
  axes: axesRule,
};

/** Windows, and the options that they were made of. */
interface KnownWindows {
  readonly options: Partial<SlideOptions>;
  readonly geometry: Geometry;
}

const SLIDE_NAMES = Object.keys(slideOptions) as (keyof SlideOptions)[];

/** What networks ask for again and again; the shape is the geometry's. */
const known = new Remembered<KnownWindows, Shape, Partial<SlideOptions>>(
  64,
  ({ options, geometry }, shape, given) =>
    sameContents(geometry.inputShape, shape) &&
    SLIDE_NAMES.every((name) => sameContents(options[name], given[name])),
);

/**
 * Sliding windows over an input: PyTorch's shapes and padding rules. For the
 * same shape and options it gives the same object, which nobody can change.
 *
 * @param shape `[N, C, …spatial]` or `[C, …spatial]`; with layout NHWC the
 * channels stand last
 * @throws {TypeError} where the rank or the length of a list does not fit
 * @throws {RangeError} where no window fits, or padding exceeds half a window
 *
 * @example
 * ```ts
 * import { slide } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const windows = slide([1, 3, 7, 7], { kernelSize: 3, stride: 2, padding: 1 });
 * assertEquals(windows.outputShape, [1, 3, 4, 4]);
 * ```
 */
export function slide(
  shape: Shape,
  options: Partial<SlideOptions> & Pick<SlideOptions, "kernelSize">,
): Geometry {
  const found = known.find(shape, options);
  if (found) return found.geometry;
  const own = windowOptionsOf(options);
  const geometry = frozenGeometry(makeSlide(shape, own));
  known.add({ options: own, geometry });
  return geometry;
}

function makeSlide(
  shape: Shape,
  options: Partial<SlideOptions>,
): Geometry {
  const checked = validateOptions(slideOptions, options);
  const { padding, ceilMode } = checked;
  const planes = planesOf(shape, checked);
  const { axes: count, spatial } = planes;
  const each = (name: string, value: PerAxis) =>
    perAxis(name, value, count) as number[];
  const size = each("kernelSize", checked.kernelSize);
  const stride = each("stride", checked.stride ?? checked.kernelSize);
  const dilation = each("dilation", checked.dilation);
  const sides = perAxis("padding", padding, count)
    .map((side) => typeof side === "number" ? [side, side] : side);

  const axes: SlideAxis[] = spatial.map((_, a) => ({
    kind: "slide",
    size: size[a],
    stride: stride[a],
    before: sides[a][0],
    after: sides[a][1],
    dilation: dilation[a],
  }));
  const names = axisNames(count);
  const output = axes.map((axis, a) =>
    slideLength(axis, spatial[a], { ceilMode, name: names[a] })
  );
  const outputShape = shapeOf(planes, output);
  checkShape(outputShape, "an output");
  return {
    inputShape: [...shape],
    outputShape,
    layout: planes.layout,
    items: planes.items,
    inputItems: planes.items,
    channels: planes.channels,
    input: planes.input,
    output: triple(output, 1),
    axes: triple<SlideAxis>(axes, NO_AXIS),
    per: "call",
    sources: undefined,
  };
}

/** A copy of the options that are about windows, of those of an operator. */
function windowOptionsOf(
  options: Partial<SlideOptions>,
): Partial<SlideOptions> {
  return Object.fromEntries(
    SLIDE_NAMES.map((name) => [name, frozenContents(options[name])]),
  );
}

/** The shape of what sliding windows give. */
export function slideShape(
  shape: Shape,
  options: Partial<SlideOptions> & Pick<SlideOptions, "kernelSize">,
): Shape {
  return slide(shape, options).outputShape;
}

/** The number of windows along an axis. */
function slideLength(
  axis: SlideAxis,
  length: number,
  { ceilMode, name }: { ceilMode: boolean; name: string },
): number {
  const { size, stride, before, after, dilation } = axis;
  const reach = dilation * (size - 1) + 1;
  const half = Math.floor(reach / 2);
  if (before > half || after > half) {
    throw new RangeError(
      `Cannot pad ${name} by ${
        Math.max(before, after)
      }: kernelSize ${size} with dilation ${dilation} allows at most ${half}`,
    );
  }
  const room = length + before + after - reach;
  let count = Math.floor((room + (ceilMode ? stride - 1 : 0)) / stride) + 1;
  if (ceilMode && (count - 1) * stride >= length + before) count -= 1;
  if (count < 1) {
    const dilated = dilation > 1 ? ` with dilation ${dilation}` : "";
    throw new RangeError(
      `Cannot pool an input of ${name} ${length}: kernelSize ${size}${dilated} with padding ${
        before === after ? before : `[${before}, ${after}]`
      } needs at least ${reach - before - after}`,
    );
  }
  if (reach + length + before + after + count * stride > 2 ** 30) {
    throw new RangeError(
      `Cannot pool an input of ${name} ${length}: kernelSize ${size}, stride ${stride} and dilation ${dilation} reach beyond 32-bit indices`,
    );
  }
  return count;
}

/** An option as a list with one entry per axis. */
export function perAxis<T>(
  name: string,
  value: T | readonly T[],
  axes: number,
): readonly T[] {
  if (!Array.isArray(value)) return Array<T>(axes).fill(value as T);
  if (value.length === axes) return value;
  throw new TypeError(
    `Option ${name} is [${value}]: it has ${value.length} entries, ${axes} are needed, one for each of ${
      axisNames(axes).join(", ")
    }`,
  );
}
