import type { EigenCall } from "./device.ts";
import { eigenScratch, emitWatEigen } from "./wat_eigen.ts";
import type { PlacedValue, WatMachine } from "./wat_machine.ts";

/** Multiplications that take as long as an addition of a simpler kernel. */
const PRODUCTS_PER_WORK = 8;

/** Lanes for each thread, so that one that is late does not do half of all. */
const LANES_PER_THREAD = 4;

/** Bytes of scratch memory that are worth more threads. */
const SCRATCH_BYTES = 2 ** 28;

/**
 * Finds eigenvalues and eigenvectors on the CPU, a matrix on one thread.
 *
 * @throws {RangeError} where the memory cannot hold copies of a matrix
 */
export function runWatEigen(
  machine: WatMachine,
  { x, to: { values, vectors } }: EigenCall<PlacedValue>,
): void {
  const [batch, rows, columns] = x.shape;
  const { bytes, fields } = eigenScratch(rows, columns);
  const rank = Math.min(rows, columns);
  const products = batch * rank ** 2 * (9 * rank + Math.max(rows, columns));
  const work = products / PRODUCTS_PER_WORK;
  const threads = machine.threadsFor(work);
  const wanted = threads > 1 ? LANES_PER_THREAD * threads : 1;
  const affordable = Math.max(1, Math.floor(SCRATCH_BYTES / bytes));
  const lanes = Math.min(batch, wanted, affordable);
  machine.run(emitWatEigen, {
    values: {
      x: x.address,
      values: values.address,
      vectors: vectors.address,
      batch,
      rows,
      columns,
      lanes,
      scratch: machine.allocate(lanes * bytes),
      scratch_bytes: bytes,
      ...fields,
    },
    count: lanes,
    work,
  });
}
