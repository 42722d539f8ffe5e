import type { Context, Layout, Shape, Value } from "@rockpool/core";
import {
  type Geometry,
  slide,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

const kernel: WindowKernel = windowKernel(
  "dot",
  ["a", "b"],
  ({ a, b, scale }, fold) => fold.sum(a.mul(b)).mul(scale),
  { scalars: ["scale"] },
);

/**
 * The sum of the products of two values of one shape over the windows along
 * its spatial axis; of each two elements where there is no length.
 */
export function dot(
  cx: Context,
  a: Value,
  b: Value,
  { length = 1, layout, scale = 1, shape = a.shape }: {
    /** Elements of a window. */
    readonly length?: number;
    /** Whether the spatial axis is the last one, or that before. */
    readonly layout: Layout;
    /** What sums are multiplied by. */
    readonly scale?: number;
    /** What both are taken for, of rank 3. */
    readonly shape?: Shape;
  },
): Value {
  const windows: Geometry = slide(shape, { kernelSize: [length], layout });
  const values = { a: cx.reshape(a, shape), b: cx.reshape(b, shape) };
  return cx.window(kernel, { values, scalars: { scale } }, windows).y;
}
