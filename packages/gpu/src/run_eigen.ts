import { type Eigen, formatShape } from "@rockpool/core";
import {
  EIGEN_MOST,
  eigenModule,
  eigenPlan,
  packFields,
  WORKGROUP_SIZE,
} from "@rockpool/kernel";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import { type ItemChunk, itemChunks } from "./item_chunks.ts";

const module = eigenModule();

/**
 * Adds the dispatches that find the eigenvalues and eigenvectors of x xᵀ, in
 * chunks of the batch where tensors are larger than what can be bound.
 *
 * @throws {RangeError} where that does not suffice, or where matrices have too
 * many eigenvalues
 */
export function runEigen(
  { batch, pipelines, pool, limits }: Dispatcher,
  x: DeviceValue,
  { values, vectors }: Eigen<DeviceValue>,
): void {
  const [items, rows, columns] = x.shape;
  const count = Math.min(rows, columns);
  if (count > EIGEN_MOST) {
    throw new RangeError(
      `Cannot decompose matrices of shape ${
        formatShape(x.shape)
      } on the GPU: they have ${count} eigenvalues, ${EIGEN_MOST} are the most (the CPU backend has no such limit)`,
    );
  }
  const { work, parts, tolerance } = eigenPlan(rows, columns);
  const workTensor = { shape: x.shape, itemBytes: 4 * work };
  const tensors = [x, values, vectors].map(({ shape }) => ({
    shape,
    itemBytes: 4 * shape.slice(1).reduce((size, length) => size * length, 1),
  }));
  const chunks = itemChunks(items, [workTensor, ...tensors], limits);
  const pipeline = pipelines.of(module);
  const workBytes = Math.max(...chunks.map(({ count }) => 4 * work * count));
  const block = pool.acquire(workBytes);
  const sliceOf = (value: DeviceValue, { first, count }: ItemChunk): Slice => {
    const itemBytes = value.bytes / items;
    const [offset, size] = [first * itemBytes, count * itemBytes];
    return { block: value.block, offset, size };
  };
  for (const chunk of chunks) {
    const workgroups = chunk.count;
    const fields = { workgroups, rows, columns, work, parts, tolerance };
    batch.dispatch({
      pipeline,
      words: packFields(module, fields),
      slices: [
        sliceOf(x, chunk),
        { block, offset: 0, size: 4 * work * chunk.count },
        sliceOf(values, chunk),
        sliceOf(vectors, chunk),
      ],
      invocations: workgroups * WORKGROUP_SIZE,
    });
  }
  pool.release(block);
}
