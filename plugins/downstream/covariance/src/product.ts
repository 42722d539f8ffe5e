import type { Context, Value } from "@rockpool/core";
import {
  matmulKernel,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";
import { addDiagonal, eachElement, eachRow } from "./matrices.ts";

const sumOfSquares: WindowKernel = windowKernel(
  "sum-of-squares",
  ["x"],
  ({ x }, fold) => fold.sum(x.mul(x)),
);

const sumAndMore: WindowKernel = windowKernel(
  "sum-and-more",
  ["x"],
  ({ x, more }, fold) => fold.sum(x).add(more),
  { scalars: ["more"] },
);

const nanWithTrace: WindowKernel = windowKernel(
  "nan-with-trace",
  ["x"],
  ({ x, trace }, fold) =>
    withGradientOf(select(trace.isNaN(), trace, fold.sum(x)), fold.sum(x)),
  { planes: ["trace"] },
);

/** C + ε I with C = Z Zᵀ: `[N, D, M]` to `[N, D, D]`. */
export function covarianceOf(cx: Context, z: Value, eps: number): Value {
  const product = cx.matmul([z, z], matmulKernel, { transposeB: true });
  return eps === 0 ? product : addDiagonal(cx, product, { diagonal: eps });
}

/** The trace of C + ε I, `[N, 1]`; NaN where anything in Z is. */
export function traceOf(cx: Context, z: Value, eps: number): Value {
  const [items, channels] = z.shape;
  const squares = cx.window(sumOfSquares, { values: { x: z } }, eachRow(z)).y;
  const x = cx.reshape(squares, [items, 1, channels]);
  const bindings = { values: { x }, scalars: { more: channels * eps } };
  const { y } = cx.window(sumAndMore, bindings, eachRow(x));
  return cx.reshape(y, [items, 1]);
}

/** C + ε I, all of it NaN where anything in Z is. */
export function wholeCovariance(cx: Context, z: Value, eps: number): Value {
  const matrix = covarianceOf(cx, z, eps);
  const [items, size] = matrix.shape;
  const x = cx.reshape(matrix, [items, 1, size * size]);
  const values = { x, trace: traceOf(cx, z, eps) };
  const { y } = cx.window(nanWithTrace, { values }, eachElement(x));
  return cx.reshape(y, matrix.shape);
}
