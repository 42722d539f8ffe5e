import {
  type Context,
  formatShape,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { Geometry } from "./geometry.ts";
import { planesOf } from "./rank.ts";
import { Remembered, sameContents } from "./remembered.ts";
import { tableGeometry } from "./table_geometry.ts";
import { type WindowKernel, windowKernel } from "./window_kernel.ts";

const copy: WindowKernel = windowKernel(
  "copy",
  ["x"],
  ({ x }, fold) => fold.sum(x),
);

/** Windows that all hold the only element, by the input's shape and their number. */
const known = new Remembered<Geometry, Shape, number>(
  64,
  ({ inputShape, output }, shape, count) =>
    sameContents(inputShape, shape) && output[2] === count,
);

/**
 * A value repeated along an axis where it has length 1; its gradient is the
 * sum over the copies.
 *
 * @throws {RangeError} where the axis has another length than 1 and `count`
 *
 * @example A number per channel for each item of a batch
 * ```ts
 * import { expand, interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const row = session.upload({ shape: [1, 2], data: Float32Array.of(1, 2) });
 * const planes = expand(session, row, { axis: 0, count: 3 });
 * assertEquals([...(await session.read(planes)).data], [1, 2, 1, 2, 1, 2]);
 * ```
 */
export function expand(
  cx: Context,
  x: Value,
  { axis, count }: { readonly axis: number; readonly count: number },
): Value {
  const { shape } = x;
  if (shape[axis] === count) return x;
  if (shape[axis] !== 1) {
    throw new RangeError(
      `Cannot expand ${
        formatShape(shape)
      } to ${count} along axis ${axis}: a length of 1 is needed`,
    );
  }
  const expanded = shape.map((length, a) => a === axis ? count : length);
  if (expanded.includes(0)) {
    return cx.constant({ shape: expanded, data: new Float32Array() });
  }
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  // What follows the axis lies like channels behind one spatial axis.
  const view = cx.reshape(x, [outer, 1, inner]);
  const windows = known.find(view.shape, count) ??
    known.add(copiesOf(view.shape, count));
  return cx.reshape(
    cx.window(copy, { values: { x: view } }, windows).y,
    expanded,
  );
}

/** As many windows as there are to be copies. */
function copiesOf(shape: Shape, count: number): Geometry {
  const planes = planesOf(shape, { axes: 1, layout: "NHWC" });
  return tableGeometry(shape, planes, {
    axes: [{
      kind: "table",
      size: 1,
      starts: new Int32Array(count),
      counts: new Int32Array(count).fill(1),
      dilation: 1,
    }],
    output: [count],
  });
}
