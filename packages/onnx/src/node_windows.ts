import type { Shape } from "@rockpool/core";
import type { Attribute } from "./attributes.ts";

/** The windows of a node along one spatial axis. */
export interface NodeAxis {
  /** Elements of the input. */
  readonly length: number;
  /** Elements of a window. */
  readonly size: number;
  /** From one window to the next. */
  readonly stride: number;
  /** From one element of a window to the next. */
  readonly dilation: number;
  /** Padding in front of the first element. */
  readonly before: number;
  /** Padding behind the last element. */
  readonly after: number;
}

/** The windows of a node over an input. */
export interface NodeWindows {
  /** Along each spatial axis. */
  readonly axes: readonly NodeAxis[];
  /** Whether a last window may reach beyond the padding. */
  readonly ceil: boolean;
}

/**
 * Where a node's windows lie in an input of this shape.
 *
 * @throws {TypeError} where a list has not one entry for each spatial axis
 * @throws {RangeError} where `pads` are given and `auto_pad` sets them
 */
export function nodeWindows(
  node: string,
  shape: Shape,
  attributes: Readonly<Record<string, Attribute | undefined>>,
): NodeWindows {
  const spatial = spatialOf(node, shape);
  const list = (name: string, length = spatial.length) =>
    listOf(node, name, { attributes, length });
  const kernel = list("kernel_shape");
  const strides = list("strides");
  const dilations = list("dilations");
  const pads = list("pads", 2 * spatial.length);
  const { auto_pad: autoPad = "NOTSET", ceil_mode: ceil = 0 } = attributes;
  if (autoPad !== "NOTSET" && pads?.some((pad) => pad !== 0)) {
    throw new RangeError(
      `Cannot read ${node}: its attribute pads is [${pads}] and auto_pad "${autoPad}", only one of them may say how to pad`,
    );
  }
  const axes = spatial.map((length, a) => {
    const axis = {
      length,
      size: kernel?.[a] ?? 1,
      stride: strides?.[a] ?? 1,
      dilation: dilations?.[a] ?? 1,
      before: pads?.[a] ?? 0,
      after: pads?.[a + spatial.length] ?? 0,
    };
    return autoPad === "SAME_UPPER" || autoPad === "SAME_LOWER"
      ? padToSame(axis, autoPad)
      : axis;
  });
  // With auto_pad the number of windows does not depend on the rounding.
  return { axes, ceil: ceil === 1 && autoPad === "NOTSET" };
}

/**
 * The spatial lengths of an input, `[N, C, …spatial]`.
 *
 * @throws {TypeError} where there are not one to three
 */
export function spatialOf(node: string, shape: Shape): readonly number[] {
  if (shape.length < 3 || shape.length > 5) {
    throw new TypeError(
      `Cannot run ${node} on an input of shape [${shape}]: rank 3 to 5 is needed, a batch, channels and one to three spatial axes`,
    );
  }
  return shape.slice(2);
}

/** A list with an entry for each axis; undefined where it is left out. */
export function listOf(
  node: string,
  name: string,
  { attributes, length }: {
    readonly attributes: Readonly<Record<string, Attribute | undefined>>;
    readonly length: number;
  },
): readonly number[] | undefined {
  const list = attributes[name] as readonly number[] | undefined;
  if (list === undefined || list.length === length) return list;
  throw new TypeError(
    `Cannot run ${node}: its attribute ${name} is [${list}], ${length} entries are needed`,
  );
}

/** The elements from the first to the last of a window. */
export function reachOf({ size, dilation }: NodeAxis): number {
  return (size - 1) * dilation + 1;
}

/** How many windows an axis has. */
export function windowCount(axis: NodeAxis, ceil: boolean): number {
  const { length, stride, before, after } = axis;
  const room = length + before + after - reachOf(axis);
  const count = Math[ceil ? "ceil" : "floor"](room / stride) + 1;
  // A window that would start in the padding behind the input is left out.
  return ceil && (count - 1) * stride >= length + before ? count - 1 : count;
}

/** As many windows as strides in the input, rounded up. */
function padToSame(
  axis: NodeAxis,
  autoPad: "SAME_UPPER" | "SAME_LOWER",
): NodeAxis {
  const { length, stride } = axis;
  const count = Math.ceil(length / stride);
  const pad = Math.max(0, (count - 1) * stride + reachOf(axis) - length);
  const [less, more] = [Math.floor(pad / 2), Math.ceil(pad / 2)];
  return autoPad === "SAME_UPPER"
    ? { ...axis, before: less, after: more }
    : { ...axis, before: more, after: less };
}
