import type { Context, Value } from "@rockpool/core";
import {
  type Geometry,
  slide,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

const withDiagonal: WindowKernel = windowKernel(
  "with-diagonal",
  ["x"],
  ({ x, row, scale, diagonal }, fold) =>
    fold.sum(x.mul(scale)).add(fold.at(diagonal, row.asIndex())),
  { scalars: ["scale", "diagonal"], channels: ["row"] },
);

/** A multiple of each square matrix and one of the identity. */
export function addDiagonal(
  cx: Context,
  x: Value,
  { scale = 1, diagonal }: {
    readonly scale?: number;
    readonly diagonal: number;
  },
): Value {
  const size = x.shape[1];
  // In the plane of a row, the element of the diagonal stands where it does.
  const data = Float32Array.from({ length: size }, (_, i) => i);
  const row = cx.constant({ shape: [size], data });
  return cx.window(
    withDiagonal,
    { values: { x, row }, scalars: { scale, diagonal } },
    eachElement(x),
  ).y;
}

/** A window for each row of matrices, `[N, rows, columns]`. */
export function eachRow({ shape }: Value): Geometry {
  return slide(shape, { kernelSize: [shape[2]] });
}

/** A window for each element; planes are rows. */
export function eachElement({ shape }: Value): Geometry {
  return slide(shape, { kernelSize: [1] });
}

/** A window for each element; planes are columns. */
export function eachElementOfColumns({ shape }: Value): Geometry {
  return slide(shape, { kernelSize: [1], layout: "NHWC" });
}
