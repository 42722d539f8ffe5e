import type { Eigen } from "@rockpool/core";
import type { WatEigenKernel } from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import type { Block } from "./cpu_value.ts";
import { writeIntegers } from "./kernel_arguments.ts";
import type { KernelTools } from "./run_fixed.ts";

/** Multiplications below which one thread is done before another wakes up. */
const PARALLEL_PRODUCTS = 2 ** 18;

/** Lanes for each thread, so that one that is late does not do half of all. */
const LANES_PER_THREAD = 4;

/** Bytes of scratch memory that are worth more threads. */
const SCRATCH_BYTES = 2 ** 28;

/**
 * Finds eigenvalues and eigenvectors on one thread or all, a matrix on one.
 *
 * @throws {RangeError} where the memory cannot hold copies of a matrix
 */
export function runEigen(
  x: Block,
  { values, vectors }: Eigen<Block>,
  { tools: { memory, allocator, kernels, pool }, emitWat, scratch: scratchOf }:
    & Omit<WatEigenKernel, "name">
    & { readonly tools: KernelTools },
): void {
  const kernel = kernels.fixed(emitWat);
  const [batch, rows, columns] = x.shape;
  const { bytes, fields } = scratchOf(rows, columns);
  const rank = Math.min(rows, columns);
  const products = batch * rank ** 2 * (9 * rank + Math.max(rows, columns));
  const isParallel = pool !== undefined && products >= PARALLEL_PRODUCTS;
  const wanted = isParallel ? LANES_PER_THREAD * pool.threads : 1;
  const affordable = Math.max(1, Math.floor(SCRATCH_BYTES / bytes));
  const lanes = Math.min(batch, wanted, affordable);
  const scratch = allocator.allocate(lanes * bytes);
  try {
    writeIntegers(memory, kernel.fields, {
      x: x.address,
      values: values.address,
      vectors: vectors.address,
      batch,
      rows,
      columns,
      lanes,
      scratch,
      scratch_bytes: bytes,
      ...fields,
    });
    if (isParallel && lanes > 1) {
      pool.run({
        ...kernel,
        kernel: kernel.id,
        argumentsAddress: ARGUMENTS_ADDRESS,
        rows: lanes,
      });
    } else kernel.run(ARGUMENTS_ADDRESS, 0, lanes);
  } finally {
    allocator.free(scratch);
  }
}
