import {
  type Eigen,
  type EigenKernel,
  formatShape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { PrimitiveKernel } from "./primitive_kernel.ts";
import type { Runtime } from "./runtime.ts";
import { runWatEigen } from "./wat_eigen_run.ts";

/**
 * The eigenvalues and eigenvectors of x xᵀ for each x of a batch.
 *
 * @throws {TypeError} where it is no float32 or no batch of matrices
 */
export function runEigen<V extends Value>(
  runtime: Runtime<V>,
  x: V,
): Eigen<V> {
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
  if (sizeOf(to.vectors.shape) > 0) {
    runtime.device.eigen({ x, to }, runWatEigen);
  }
  return to;
}

/** What finds the eigenvalues of x xᵀ, for `eigen` of a session. */
export const eigenKernel: EigenKernel = {
  name: "eigen",
  run: runEigen,
} as PrimitiveKernel<typeof runEigen>;
