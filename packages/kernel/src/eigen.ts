import {
  type Eigen,
  type EigenKernel,
  formatShape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { WatEigenKernel } from "./eigen_kernel.ts";
import type { Runtime } from "./runtime.ts";

/**
 * The eigenvalues and eigenvectors of x xᵀ for each x of a batch.
 *
 * @throws {TypeError} where it is no float32 or no batch of matrices, or where
 * the kernel is none
 */
export function runEigen<V extends Value>(
  runtime: Runtime<V>,
  x: V,
  kernel: EigenKernel,
): Eigen<V> {
  if (!isWatKernel(kernel)) {
    throw new TypeError(
      "Cannot decompose a value without a kernel: eigenKernel of @rockpool/kernel is needed",
    );
  }
  const { shape, dtype } = x;
  if (dtype !== "float32" || shape.length !== 3) {
    throw new TypeError(
      `Cannot decompose ${dtype} of shape ${
        formatShape(shape)
      }: float32 matrices of shape [B, D, M] are needed`,
    );
  }
  const [batch, rows, columns] = shape;
  const rank = Math.min(rows, columns);
  const to = {
    values: runtime.allocate([batch, rank], "float32"),
    vectors: runtime.allocate([batch, rows, rank], "float32"),
  };
  if (sizeOf(to.vectors.shape) > 0) runtime.device.eigen(x, to, kernel);
  return to;
}

function isWatKernel(
  kernel: EigenKernel | undefined,
): kernel is WatEigenKernel {
  const { emitWat } = (kernel ?? {}) as Partial<WatEigenKernel>;
  return typeof emitWat === "function";
}
