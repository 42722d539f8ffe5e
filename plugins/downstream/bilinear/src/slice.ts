import { type Context, type Shape, sizeOf, type Value } from "@rockpool/core";
import { tables, type WindowKernel, windowKernel } from "@rockpool/kernel";

const copy: WindowKernel = windowKernel(
  "slice",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

/** So many elements of a value along an axis, from one on. */
export function slice(
  cx: Context,
  x: Value,
  { axis, start, count }: {
    readonly axis: number;
    readonly start: number;
    readonly count: number;
  },
): Value {
  const { shape } = x;
  if (shape[axis] === count) return x;
  // What follows the axis lies like channels behind one spatial axis.
  const view: Shape = [
    sizeOf(shape.slice(0, axis)),
    shape[axis],
    sizeOf(shape.slice(axis + 1)),
  ];
  const one = {
    starts: Int32Array.from({ length: count }, (_, at) => start + at),
    counts: new Int32Array(count).fill(1),
  };
  const windows = tables(view, { tables: [one], layout: "NHWC" });
  const { y } = cx.window(
    copy,
    { values: { x: cx.reshape(x, view) } },
    windows,
  );
  return cx.reshape(y, shape.map((length, a) => a === axis ? count : length));
}
