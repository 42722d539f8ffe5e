import type { Context, Tensor, Value } from "@rockpool/core";
import { matmulKernel } from "./matmul.ts";

/**
 * Each matrix of a batch with rows and columns exchanged: `[B, m, n]` as
 * `[B, n, m]`.
 *
 * It is a product with the identity, so that a number that is none or infinite
 * makes its whole row NaN.
 *
 * @throws {TypeError} where it is no float32 or no batch of matrices
 *
 * @example
 * ```ts
 * import { interpreter, transpose } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * assertEquals([...(await session.read(transpose(session, x))).data], [1, 3, 2, 4]);
 * ```
 */
export function transpose(cx: Context, x: Value): Value {
  if (x.shape.length !== 3) {
    throw new TypeError(
      `Cannot transpose a value of rank ${x.shape.length}: a batch of matrices is needed`,
    );
  }
  const identity = cx.constant(identityMatrix(x.shape[2]));
  return cx.matmul([identity, x], matmulKernel, { transposeB: true });
}

function identityMatrix(size: number): Tensor {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { shape: [size, size], data };
}
