import type { Context, Value } from "@rockpool/core";
import {
  matmulKernel,
  select,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { addDiagonal, eachElement } from "./matrices.ts";
import { covarianceOf, traceOf } from "./product.ts";

// A trace of 0 belongs to a matrix of zeros, which stays one.
const divideByTrace: WindowKernel = windowKernel(
  "divide-by-trace",
  ["x"],
  ({ x, trace }, fold) => fold.sum(x.div(select(trace.eq(0), 1, trace))),
  { planes: ["trace"] },
);

const multiplyByRoot: WindowKernel = windowKernel(
  "multiply-by-root-of-trace",
  ["x"],
  ({ x, trace }, fold) => fold.sum(x.mul(select(trace.eq(0), 1, trace).sqrt())),
  { planes: ["trace"] },
);

/**
 * Towards the square root of C = Z Zᵀ + ε I by Newton–Schulz iterations:
 * `[N, D, M]` to `[N, D, D]`.
 *
 *     Y₀ = C / tr C    Z₀ = I
 *     T = (3 I − Zₖ Yₖ) / 2    Yₖ₊₁ = Yₖ T    Zₖ₊₁ = T Zₖ
 *
 * and √(tr C) times the last Y. All of it is products, and the gradient is
 * that of the iterations.
 */
export function iterativeRoot(
  cx: Context,
  z: Value,
  { eps, numIters }: { readonly eps: number; readonly numIters: number },
): Value {
  const trace = traceOf(cx, z, eps);
  const byTrace = (kernel: WindowKernel, x: Value) => {
    const flat = cx.reshape(x, [x.shape[0], 1, x.shape[1] * x.shape[2]]);
    const values = { x: flat, trace };
    const { y } = cx.window(kernel, { values }, eachElement(flat));
    return cx.reshape(y, x.shape);
  };
  const factorOf = (product: Value) =>
    addDiagonal(cx, product, { scale: -0.5, diagonal: 1.5 });

  const normalized = byTrace(divideByTrace, covarianceOf(cx, z, eps));
  let inverse = factorOf(normalized);
  let root = cx.matmul([normalized, inverse], matmulKernel);
  for (let iteration = 1; iteration < numIters; iteration++) {
    const factor = factorOf(cx.matmul([inverse, root], matmulKernel));
    root = cx.matmul([root, factor], matmulKernel);
    if (iteration + 1 < numIters) {
      inverse = cx.matmul([factor, inverse], matmulKernel);
    }
  }
  return byTrace(multiplyByRoot, root);
}
