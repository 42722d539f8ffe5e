import {
  type Context,
  type PoolingOp,
  type Results,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import {
  concatKernel,
  slide,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import {
  type NodeAxis,
  type NodeWindows,
  reachOf,
  windowCount,
} from "./node_windows.ts";

/** Whether padding exceeds half a window, which our operators do not take. */
export function isWide({ axes }: NodeWindows): boolean {
  return axes.some((axis) => {
    const half = Math.floor(reachOf(axis) / 2);
    return axis.before > half || axis.after > half;
  });
}

/** How an operator runs on an input with padding around it. */
export interface Wide {
  /** The windows of the node. */
  readonly windows: NodeWindows;
  /** What the padding holds. */
  readonly fill: number;
  /** A number for each window that its result is multiplied by. */
  readonly shares?: (position: readonly number[]) => number;
}

/** An operator that pads, and the spatial lengths of what it reads then. */
export interface PaddedOp<Options extends object, Outputs extends string> {
  /** The operator. */
  readonly op: PoolingOp<Options, "x", never, Outputs>;
  /** The input's spatial lengths with the padding. */
  readonly lengths: readonly number[];
}

const scaled: WindowKernel = windowKernel(
  "scaled",
  ["x", "share"],
  ({ x, share }, fold) => fold.sum(x.mul(share)),
);

/**
 * An operator that first surrounds its input by elements, as many as the
 * windows need, so that it can do without padding itself.
 */
export function withPadding<Options extends object, Outputs extends string>(
  op: PoolingOp<Options, "x", never, Outputs>,
  wide: Wide,
): PaddedOp<Options, Outputs> {
  const axes = wide.windows.axes.map((axis) =>
    enclose(axis, wide.windows.ceil)
  );
  const paddedShape = (shape: Shape) =>
    shape.map((length, axis) => {
      const { before, after } = axes[axis - 2] ?? { before: 0, after: 0 };
      return length + before + after;
    });
  const padded: PoolingOp<Options, "x", never, Outputs> = {
    ...op,
    name: `${op.name}-padded`,
    summary: `${op.summary}, with padding of any width`,
    shape: ({ x }, options) => op.shape({ x: paddedShape(x) }, options),
    forward(cx, { x }, options, weights) {
      const padded = surround(cx, x, { axes, fill: wide.fill });
      const results = op.forward(cx, { x: padded }, options, weights);
      if (!wide.shares) return results;
      const y = scale(cx, results.y, wide.shares);
      return { ...results, y } as Results<Outputs>;
    },
  };
  const lengths = axes.map(({ length, before, after }) =>
    length + before + after
  );
  return { op: padded, lengths };
}

/** The padding that is just enough for all windows of an axis. */
function enclose(axis: NodeAxis, ceil: boolean): NodeAxis {
  const last = (windowCount(axis, ceil) - 1) * axis.stride;
  const end = last + reachOf(axis) - axis.before;
  return { ...axis, after: Math.max(0, end - axis.length) };
}

function surround(
  cx: Context,
  x: Value,
  { axes, fill }: { readonly axes: readonly NodeAxis[]; readonly fill: number },
): Value {
  return axes.reduce((inner, { before, after }, a) => {
    const slab = (length: number) => {
      const shape = inner.shape.map((l, axis) => axis === a + 2 ? length : l);
      const data = new Float32Array(sizeOf(shape)).fill(fill);
      return length === 0 ? [] : [cx.constant({ shape, data })];
    };
    const parts = [...slab(before), inner, ...slab(after)];
    return parts.length === 1 ? inner : cx.concat(parts, concatKernel, a + 2);
  }, x);
}

/** Multiplies the windows of each plane by numbers of their position. */
function scale(
  cx: Context,
  y: Value,
  share: (position: readonly number[]) => number,
): Value {
  const spatial = y.shape.slice(2);
  const plane = new Float32Array(sizeOf(spatial));
  const position = spatial.map(() => 0);
  for (let index = 0; index < plane.length; index++) {
    plane[index] = share(position);
    for (let a = spatial.length - 1; a >= 0; a--) {
      position[a] += 1;
      if (position[a] < spatial[a]) break;
      position[a] = 0;
    }
  }
  const data = new Float32Array(sizeOf(y.shape));
  for (let at = 0; at < data.length; at += plane.length) data.set(plane, at);
  const values = { x: y, share: cx.constant({ shape: y.shape, data }) };
  const windows = slide(y.shape, { axes: spatial.length, kernelSize: 1 });
  return cx.window(scaled, { values }, windows).y;
}
