import type { Program } from "@rockpool/kernel";
import type { Block } from "./buffer_pool.ts";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import { BufferUsage } from "./usage_flags.ts";

/**
 * The tensors with a number per window that are to share a buffer, so that a
 * program binds so many buffers fewer; as many as there are if that does not
 * suffice.
 */
export function windowsToPack(
  program: Program,
  tensors: Readonly<Record<string, DeviceValue>>,
  excess: number,
): readonly string[] {
  if (excess === 0) return [];
  // A user's buffer may be one that cannot be copied.
  const canBeCopied = (name: string) =>
    (tensors[name].block.buffer.usage & BufferUsage.COPY_SRC) !== 0;
  return program.tensors
    .filter(({ role, type }) => role === "perWindow" && type === "f32")
    .map(({ name }) => name)
    .filter(canBeCopied)
    .slice(0, excess + 1);
}

/** Adds copies of slices, one behind the other, to a block that it takes. */
export function packSlices(
  { batch, pool }: Dispatcher,
  slices: readonly Slice[],
): Slice & { readonly block: Block } {
  const size = slices.reduce((bytes, slice) => bytes + slice.size, 0);
  const block = pool.acquire(size);
  let offset = 0;
  for (const slice of slices) {
    batch.copyTo(slice, block, offset);
    offset += slice.size;
  }
  return { block, offset: 0, size };
}
