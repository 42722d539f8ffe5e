import type { Layout } from "@rockpool/core";
import {
  type MoveModules,
  moveModules,
  packFields,
  type PlaneMove,
  type WgslModule,
} from "@rockpool/kernel";
import type { Block } from "./buffer_pool.ts";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import { itemChunks } from "./item_chunks.ts";

const modules: Readonly<Record<Layout, MoveModules>> = {
  NCHW: moveModules("NCHW"),
  NHWC: moveModules("NHWC"),
};

/**
 * Adds the dispatches of a scatter or a take, in chunks of the batch where
 * tensors are larger than what can be bound.
 *
 * @throws {RangeError} where that does not suffice
 */
export function runMove(
  dispatcher: Dispatcher,
  kind: "scatter" | "take",
  { from, indices, to, planes }: PlaneMove<DeviceValue>,
): void {
  const { items, channels, indexed, target } = planes;
  const itemBytes = {
    small: 4 * channels * indexed,
    large: 4 * channels * target,
  };
  const large = kind === "scatter" ? to : from;
  const chunks = itemChunks(items, [
    { shape: indices.shape, itemBytes: itemBytes.small },
    { shape: large.shape, itemBytes: itemBytes.large },
  ], dispatcher.limits);
  const { claim, place, take } = modules[planes.layout];
  for (const chunk of chunks) {
    const part = (block: Block, size: keyof typeof itemBytes): Slice => ({
      block,
      offset: chunk.first * itemBytes[size],
      size: chunk.count * itemBytes[size],
    });
    const source = part(from.block, kind === "scatter" ? "small" : "large");
    const result = part(to.block, kind === "scatter" ? "large" : "small");
    const at = part(indices.block, "small");
    if (kind === "take") {
      dispatch(take, [source, at, result], chunk.count * channels * indexed);
    } else {
      const bytes = chunk.count * itemBytes.large;
      const block = dispatcher.pool.acquire(bytes);
      const owners = { block, offset: 0, size: bytes };
      dispatcher.batch.clear(owners);
      if (indexed > 0) {
        dispatch(claim, [at, owners], chunk.count * channels * indexed);
      }
      dispatch(
        place,
        [source, owners, result],
        chunk.count * channels * target,
      );
      dispatcher.pool.release(block);
    }
  }

  function dispatch(
    module: WgslModule,
    slices: readonly Slice[],
    invocations: number,
  ): void {
    const { batch, pipelines } = dispatcher;
    const words = packFields(module, {
      invocations,
      channels,
      indexed,
      target_size: target,
    });
    const pipeline = pipelines.of(module);
    batch.dispatch({ pipeline, words, slices, invocations });
  }
}
