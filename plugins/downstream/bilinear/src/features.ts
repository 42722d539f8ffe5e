import {
  type Context,
  equalShapes,
  formatShape,
  type Layout,
  type OptionRule,
  type OptionSpec,
  type Shape,
  type Shapes,
  sizeOf,
  type Value,
  type Values,
} from "@rockpool/core";
import {
  axesRule,
  layoutRule,
  matmulKernel,
  planesOf,
  shapeOf,
} from "@rockpool/kernel";

/** How the features of an item lie. */
export interface FeatureOptions {
  /** Channels before the spatial axes (NCHW) or after them (NHWC). */
  readonly layout: Layout;
  /** Spatial axes; null is 2 (rank 2: 1, rank 5: 3), 0 is vectors, `[N, C]`. */
  readonly axes: number | null;
}

/** The rules for {@linkcode FeatureOptions}. */
export const featureOptions: OptionSpec<FeatureOptions> = {
  layout: layoutRule,
  axes: {
    ...axesRule,
    min: 0,
    help:
      "spatial axes; null is 2 (1 for rank 2, 3 for rank 5), 0 is vectors, [N, C] or [C]",
  },
};

/** The options of operators on two inputs, or on one with itself. */
export interface PairOptions extends FeatureOptions {
  /** Whether x is taken with itself instead of y. */
  readonly homogeneous: boolean;
}

/** The rule for `homogeneous`. */
export const homogeneousRule: OptionRule<boolean> = {
  kind: "boolean",
  default: true,
  help: "whether x is taken with itself instead of y",
};

/** The features of each item: a vector of channels at each location. */
export interface Features {
  /** Items of the batch; 1 without one. */
  readonly items: number;
  /** Whether there is a batch axis. */
  readonly batched: boolean;
  /** Channels at a location. */
  readonly channels: number;
  /** Locations of an item. */
  readonly locations: number;
  /** The spatial lengths, none of vectors. */
  readonly spatial: readonly number[];
  /** Channels before or after the locations. */
  readonly layout: Layout;
}

/**
 * A shape as features.
 *
 * @throws {TypeError} where the rank does not fit
 * @throws {RangeError} where there are no channels or no locations
 */
export function featuresOf(
  shape: Shape,
  { axes, layout }: FeatureOptions,
): Features {
  if (axes === 0) {
    if (shape.length !== 1 && shape.length !== 2) {
      throw new TypeError(
        `Cannot pool an input of shape ${
          formatShape(shape)
        }: it has rank ${shape.length}, with 0 spatial axes rank 2 (a batch) or 1 is needed`,
      );
    }
    const { items, batched, channels } = planesOf([...shape, 1], { axes: 1 });
    return { items, batched, channels, locations: 1, spatial: [], layout };
  }
  const planes = planesOf(shape, { axes, layout });
  const { items, batched, channels, spatial } = planes;
  const locations = sizeOf(spatial);
  return { items, batched, channels, locations, spatial, layout };
}

/** The inputs that are read. */
export function pairInputs(
  { homogeneous }: Pick<PairOptions, "homogeneous">,
): readonly string[] {
  return homogeneous ? ["x"] : ["x", "y"];
}

/** The features of both inputs. */
export interface PairFeatures {
  /** Those of x. */
  readonly x: Features;
  /** Those of y, or of x again. */
  readonly y: Features;
}

/** Both inputs as matrices of each item. */
export interface MatrixPair {
  /** `[N, C1, M]`, or `[N, M, C1]` in NHWC. */
  readonly x: Value;
  /** `[N, C2, M]`, or `[N, M, C2]` in NHWC. */
  readonly y: Value;
  /** Channels before or after the locations. */
  readonly layout: Layout;
}

/**
 * The features of both inputs; those of x twice where it is taken with itself.
 *
 * @throws {RangeError} where they differ in items or spatial lengths
 */
export function pairOf(
  inputs: Shapes<string>,
  options: PairOptions,
): PairFeatures {
  const x = featuresOf(inputs.x, options);
  if (options.homogeneous) return { x, y: x };
  const y = featuresOf(inputs.y, options);
  const fits = x.items === y.items && x.batched === y.batched &&
    equalShapes(x.spatial, y.spatial);
  if (fits) return { x, y };
  throw new RangeError(
    `Cannot pool inputs of shapes ${formatShape(inputs.x)} and ${
      formatShape(inputs.y)
    }: they may differ in channels alone`,
  );
}

/** Features as a matrix of each item: `[N, C, M]`, or `[N, M, C]` in NHWC. */
export function matricesOf(
  cx: Context,
  x: Value,
  { items, channels, locations, layout }: Features,
): Value {
  return cx.reshape(
    x,
    layout === "NCHW"
      ? [items, channels, locations]
      : [items, locations, channels],
  );
}

/** Both inputs as matrices of each item, and their features. */
export function pairMatrices(
  cx: Context,
  { x, y }: Values<string>,
  options: PairOptions,
): MatrixPair & { readonly features: PairFeatures } {
  const shapes: Shapes<string> = options.homogeneous
    ? { x: x.shape }
    : { x: x.shape, y: y.shape };
  const features = pairOf(shapes, options);
  const left = matricesOf(cx, x, features.x);
  const right = options.homogeneous ? left : matricesOf(cx, y, features.y);
  return { x: left, y: right, layout: options.layout, features };
}

/** X Yᵀ of each item, `[N, C1, C2]`: the sum of x yᵀ over the locations. */
export function products(cx: Context, { x, y, layout }: MatrixPair): Value {
  return layout === "NCHW"
    ? cx.matmul([x, y], matmulKernel, { transposeB: true })
    : cx.matmul([x, y], matmulKernel, { transposeA: true });
}

/** W X for a matrix `[rows, C]`: `[N, rows, M]`, or `[N, M, rows]` in NHWC. */
export function project(
  cx: Context,
  weight: Value,
  x: Value,
  layout: Layout,
): Value {
  return layout === "NCHW"
    ? cx.matmul([weight, x], matmulKernel)
    : cx.matmul([x, weight], matmulKernel, { transposeB: true });
}

/** A shape with the batch axis that the features have. */
export function batchedAs(
  { items, batched }: Features,
  inner: Shape,
): Shape {
  return batched ? [items, ...inner] : inner;
}

/** The shape of as many maps as there are channels, as the features lie. */
export function mapsShape(features: Features, channels: number): Shape {
  return shapeOf({ ...features, channels }, features.spatial);
}
