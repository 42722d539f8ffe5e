import {
  MATMUL_TILES,
  matmulModules,
  type Matrices,
  type MatrixProduct,
  packFields,
  type ProductSizes,
  type WgslModule,
  WORKGROUP_SIZE,
} from "@rockpool/kernel";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import {
  assertBindable,
  type ItemChunk,
  itemChunks,
  type ItemTensor,
} from "./item_chunks.ts";

/** A tensor of a product, and the bytes of a result's part if it has one. */
interface Operand {
  readonly value: DeviceValue;
  readonly itemBytes: number | undefined;
}

/** How the sum of each result is divided among workgroups. */
interface Split {
  readonly parts: number;
  /** Tiles along the sum that belong to a part. */
  readonly depth_tiles_per_part: number;
}

/** Workgroups that keep a large GPU busy. */
const ENOUGH_WORKGROUPS = 256;

/** Tiles along a sum that are worth a workgroup of their own. */
const FEWEST_DEPTH_TILES = 8;

/** Parts of a sum are few enough to be added up one after the other. */
const MOST_PARTS = 64;

/** The share of a tile that results must fill for it to be worth while. */
const LEAST_USE = 1 / 8;

const modules = matmulModules();

/**
 * Adds the dispatches of a product of matrices, in chunks of the batch where
 * tensors are larger than what can be bound.
 *
 * @throws {RangeError} where that does not suffice
 */
export function runMultiply(
  dispatcher: Dispatcher,
  { a, b, to, sizes }: MatrixProduct<DeviceValue>,
): void {
  const { limits, pool } = dispatcher;
  const { rows, columns } = sizes;
  const itemBytes = 4 * rows * columns;
  const operands = [
    operandOf(a, (rows - 1) * a.across, sizes),
    operandOf(b, (columns - 1) * b.across, sizes),
  ];
  const result: Operand = { value: to, itemBytes };
  const divisible: ItemTensor[] = [];
  for (const { value: { shape }, itemBytes } of [...operands, result]) {
    if (itemBytes === undefined) assertBindable(shape, limits);
    else divisible.push({ shape, itemBytes });
  }
  for (const chunk of itemChunks(sizes.batch, divisible, limits)) {
    const own = { ...sizes, batch: chunk.count };
    const split = splitOf(own, limits.size);
    const values = {
      ...own,
      ...stridesOf("a", a),
      ...stridesOf("b", b),
      ...split,
    };
    const written = sliceOf(result, chunk);
    const bytes = split.parts * chunk.count * itemBytes;
    const partial = split.parts === 1
      ? written
      : { block: pool.acquire(bytes), offset: 0, size: bytes };
    const slices = operands.map((operand) => sliceOf(operand, chunk));
    dispatchParts(dispatcher, { slices: [...slices, partial], values }, own);
    if (split.parts === 1) continue;
    const call = { slices: [partial, written], values };
    dispatch(dispatcher, modules.addParts, call, chunk.count * rows * columns);
    pool.release(partial.block);
  }
}

/** What a shader is run on. */
interface Call {
  readonly slices: readonly Slice[];
  readonly values: Readonly<Record<string, number>> & Split;
}

/** Sums each part of each result's terms. */
function dispatchParts(
  dispatcher: Dispatcher,
  call: Call,
  sizes: ProductSizes,
): void {
  const { side } = MATMUL_TILES;
  const { rows, columns, batch } = sizes;
  const tiles = tilesOf(sizes);
  const results = call.values.parts * batch;
  if (rows * columns < LEAST_USE * tiles * side ** 2) {
    dispatch(dispatcher, modules.byElement, call, results * rows * columns);
    return;
  }
  const workgroups = results * tiles;
  const values = { ...call.values, workgroups };
  const invocations = workgroups * WORKGROUP_SIZE;
  dispatch(dispatcher, modules.byTile, { ...call, values }, invocations);
}

/** Tiles of one result. */
function tilesOf({ rows, columns }: ProductSizes): number {
  const { side } = MATMUL_TILES;
  return Math.ceil(rows / side) * Math.ceil(columns / side);
}

/**
 * Divides sums where results are few and sums are long. It depends on nothing
 * but sizes and limits, so that results are the same in every run.
 */
function splitOf(sizes: ProductSizes, mostBytes: number): Split {
  const { batch, groups, rows, inner, columns } = sizes;
  const depthTiles = groups * Math.ceil(inner / MATMUL_TILES.depth);
  const parts = Math.max(
    1,
    Math.floor(Math.min(
      ENOUGH_WORKGROUPS / (batch * tilesOf(sizes)),
      depthTiles / FEWEST_DEPTH_TILES,
      MOST_PARTS,
      mostBytes / (4 * batch * rows * columns),
    )),
  );
  const perPart = Math.ceil(depthTiles / parts);
  return {
    parts: Math.ceil(depthTiles / perPart),
    depth_tiles_per_part: perPart,
  };
}

function dispatch(
  { batch, pipelines }: Dispatcher,
  module: WgslModule,
  { slices, values }: Call,
  invocations: number,
): void {
  const pipeline = pipelines.of(module);
  const words = packFields(module, { ...values, invocations });
  batch.dispatch({ pipeline, words, slices, invocations });
}

/** A tensor that is read; each result has its own part if none overlap. */
function operandOf(
  { value, batch, group, along }: Matrices<DeviceValue>,
  across: number,
  { groups, inner }: ProductSizes,
): Operand {
  const last = (groups - 1) * group + across + (inner - 1) * along;
  return { value, itemBytes: last < batch ? 4 * batch : undefined };
}

function stridesOf(
  name: string,
  { batch, group, across, along }: Matrices<DeviceValue>,
): Record<string, number> {
  return {
    [`${name}_batch`]: batch,
    [`${name}_group`]: group,
    [`${name}_across`]: across,
    [`${name}_along`]: along,
  };
}

function sliceOf(
  { value: { block, bytes }, itemBytes }: Operand,
  { first, count }: ItemChunk,
): Slice {
  if (itemBytes === undefined) return { block, offset: 0, size: bytes };
  const offset = first * itemBytes;
  return { block, offset, size: Math.min(count * itemBytes, bytes - offset) };
}
