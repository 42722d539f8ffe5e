import type { Context, Value } from "@rockpool/core";
import { expand, matmulKernel } from "@rockpool/kernel";
import { dot } from "./dot.ts";
import { type MatrixPair, products, project } from "./features.ts";

/**
 * φ = Σ (W1 x) ∘ (W2 y) / √d as `[N, 1, d]`, or of each location, without the
 * sum, as the features lie.
 */
export function randomMaclaurin(
  cx: Context,
  { x, y, w1, w2, layout }: MatrixPair & {
    readonly w1: Value;
    readonly w2: Value;
  },
  sumPool: boolean,
): Value {
  const [outputDim, rows] = w1.shape;
  const columns = w2.shape[1];
  const scale = 1 / Math.sqrt(outputDim);
  const items = x.shape[0];
  const locations = x.shape[layout === "NCHW" ? 2 : 1];
  const each = outputDim * (rows + columns) * locations;
  const whole = rows * columns * (locations + outputDim);
  if (!sumPool || each < whole) {
    const a = project(cx, w1, x, layout);
    const b = project(cx, w2, y, layout);
    if (!sumPool) return dot(cx, a, b, { layout, scale });
    const sum = dot(cx, a, b, { length: locations, layout, scale });
    return cx.reshape(sum, [items, 1, outputDim]);
  }
  // Row k of W1 B times row k of W2: fewer products where locations are many.
  const a = cx.matmul([w1, products(cx, { x, y, layout })], matmulKernel);
  const b = expand(cx, cx.reshape(w2, [1, outputDim, columns]), {
    axis: 0,
    count: items,
  });
  const sum = dot(cx, a, b, { length: columns, layout: "NCHW", scale });
  return cx.reshape(sum, [items, 1, outputDim]);
}
