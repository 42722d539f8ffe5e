import { type Layout, sizeOf, type TensorData } from "@rockpool/core";
import {
  copyRowsModule,
  packFields,
  type PositionSums,
  type RowCopy,
  sumPositionsModule,
  type WgslModule,
} from "@rockpool/kernel";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import { assertBindable } from "./item_chunks.ts";

/**
 * Adds the dispatch that copies rows.
 *
 * @throws {RangeError} where a tensor is larger than what can be bound
 */
export function runCopyRows(
  dispatcher: Dispatcher,
  { from, to, rows, length }: RowCopy<DeviceValue>,
): void {
  dispatch(dispatcher, copyRowsModule, {
    slices: [from.value, to.value].map((value) => whole(dispatcher, value)),
    invocations: rows * length,
    values: {
      row_length: length,
      from_start: from.start,
      from_step: from.step,
      to_start: to.start,
      to_step: to.step,
    },
  });
}

const sumModules: Readonly<Record<Layout, WgslModule>> = {
  NCHW: sumPositionsModule("NCHW"),
  NHWC: sumPositionsModule("NHWC"),
};

/**
 * Adds the dispatch that sums positions of planes.
 *
 * @throws {RangeError} where a tensor is larger than what can be bound
 */
export function runSumPositions(
  dispatcher: Dispatcher,
  call: PositionSums<DeviceValue>,
): void {
  const { from, to, sums, repeats, planes, channels, layout } = call;
  const { offsets, entries, weights } = sums;
  const tables = [offsets, entries, weights].map((data) =>
    uploaded(dispatcher, data)
  );
  dispatch(dispatcher, sumModules[layout], {
    slices: [whole(dispatcher, from), ...tables, whole(dispatcher, to)],
    invocations: sizeOf(to.shape),
    values: {
      channels,
      rows: offsets.length - 1,
      columns: sizeOf(from.shape) / channels / repeats,
      from_plane: planes.from,
      to_plane: planes.to,
    },
  });
  for (const { block } of tables) dispatcher.pool.release(block);
}

function dispatch(
  { batch, pipelines }: Dispatcher,
  module: WgslModule,
  { slices, invocations, values }: {
    readonly slices: readonly Slice[];
    readonly invocations: number;
    readonly values: Readonly<Record<string, number>>;
  },
): void {
  const words = packFields(module, { invocations, ...values });
  batch.dispatch({
    pipeline: pipelines.of(module),
    words,
    slices,
    invocations,
  });
}

/** All of a tensor that kernels may read. */
function whole({ limits }: Dispatcher, value: DeviceValue): Slice {
  assertBindable(value.shape, limits);
  return { block: value.block, offset: 0, size: value.bytes };
}

/** A table in a block of its own; one without numbers still takes a word. */
function uploaded(dispatcher: Dispatcher, data: TensorData) {
  const { pool, limits } = dispatcher;
  assertBindable([data.length], limits);
  const size = Math.max(4, data.byteLength);
  const block = pool.acquire(size);
  if (data.length > 0) dispatcher.upload(block, data);
  return { block, offset: 0, size };
}
