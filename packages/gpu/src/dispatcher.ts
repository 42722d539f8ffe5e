import type { TensorData } from "@rockpool/core";
import type { Block, BufferPool } from "./buffer_pool.ts";
import type { CommandBatch } from "./command_batch.ts";
import type { BindingLimits } from "./item_chunks.ts";
import type { Pipelines } from "./pipelines.ts";

/** What dispatches need of a device. */
export interface Dispatcher {
  readonly batch: CommandBatch;
  readonly pipelines: Pipelines;
  readonly pool: BufferPool;
  /** What a storage binding can be. */
  readonly limits: BindingLimits;
  /** Writes numbers into a block, after the commands that wait and use it. */
  upload(block: Block, data: TensorData): void;
}
