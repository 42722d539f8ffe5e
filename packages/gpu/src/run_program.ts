import {
  emitWgsl,
  foundBytes,
  type Geometry,
  makeProgram,
  packFields,
  type Program,
  type RunBindings,
  type TensorRole,
  volume,
  wgslArguments,
  type WgslModule,
  type WgslProgram,
  wgslTables,
} from "@rockpool/kernel";
import type { Block } from "./buffer_pool.ts";
import type { Slice } from "./command_batch.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DeviceValue } from "./gpu_value.ts";
import {
  assertBindable,
  type ItemChunk,
  itemChunks,
  type ItemTensor,
} from "./item_chunks.ts";
import { packSlices, windowsToPack } from "./packed_windows.ts";

/** A tensor of a program, and the bytes of an item if it is bound by items. */
interface Part {
  readonly value: DeviceValue;
  readonly itemBytes: number | undefined;
}

/** The tensors that a program reads and writes. */
interface Parts {
  /** Those with a binding of their own, by use and name. */
  readonly bound: ReadonlyMap<string, Part>;
  /** Those that share one. */
  readonly packed: readonly Part[];
}

/**
 * Adds the dispatches of a program: one, or one for each chunk of the batch
 * where tensors are larger than what can be bound. Of a program of more buffers
 * than can be bound, tensors with a number per window are copied into one;
 * where that does not suffice, it is run for some of its outputs, and then for
 * the others.
 *
 * @throws {RangeError} where that does not suffice either
 */
export function runProgram(
  dispatcher: Dispatcher,
  program: Program,
  geometry: Geometry,
  bindings: RunBindings<DeviceValue>,
): void {
  const { batch, pipelines, pool, limits } = dispatcher;
  const plain = emitWgsl(program, geometry);
  const excess = pipelines.excess(plain);
  const packed = windowsToPack(program, bindings.tensors, excess);
  const module = excess > 0 ? emitWgsl(program, geometry, packed) : plain;
  if (pipelines.excess(module) > 0 && program.outputs.length > 1) {
    for (const half of halvesOf(program)) {
      runProgram(dispatcher, half, geometry, bindings);
    }
    return;
  }
  const parts = partsOf(program, packed, { geometry, bindings });
  const { items, inputItems } = geometry;
  const computed = program.kind === "window" ? items : inputItems;
  const chunks = chunksOf(computed, parts, limits);
  const tables = uploadTables(dispatcher, module, { program, geometry });
  for (const chunk of chunks) {
    const copied = parts.packed.map((part) => sliceOf(part, chunk));
    const pack = copied.length > 0 ? packSlices(dispatcher, copied) : undefined;
    const call = {
      firstItem: chunk.first,
      items: chunk.count,
      packedStep: copied.length > 0 ? copied[0].size / 4 : 0,
      scalars: bindings.scalars,
      stream: bindings.stream,
      offsets: tables.offsets,
    };
    const found = module.foundWords > 0
      ? acquireFound(dispatcher, module, { geometry, items: chunk.count })
      : undefined;
    for (const stage of module.stages) {
      const values = wgslArguments(program, stage.plan, { geometry, call });
      const slices = stage.bindings.flatMap(({ name, use }) => {
        if (use === "call") return [];
        if (use === "tables") return [tables.slice!];
        if (use === "packed") return [pack!];
        if (use === "found") return [found!];
        return [sliceOf(parts.bound.get(`${use} ${name}`)!, chunk)];
      });
      batch.dispatch({
        pipeline: pipelines.of(stage),
        words: packFields(stage, values),
        slices,
        invocations: values.invocations,
      });
    }
    if (found) pool.release(found.block);
    if (pack) pool.release(pack.block);
  }
  if (tables.slice) pool.release(tables.slice.block);
}

/** A block for what the workgroups of a window leave for each other. */
function acquireFound(
  { pool, limits }: Dispatcher,
  module: WgslProgram,
  { geometry, items }: { geometry: Geometry; items: number },
): Slice & { readonly block: Block } {
  const size = foundBytes(module, geometry, items);
  assertBindable([size / 4], limits);
  return { block: pool.acquire(size), offset: 0, size };
}

const halves = new WeakMap<Program, readonly Program[]>();

/** The same program twice, each with half of its outputs. */
function halvesOf(program: Program): readonly Program[] {
  const { kind, name, outputs } = program;
  let parts = halves.get(program);
  if (!parts) {
    const middle = Math.ceil(outputs.length / 2);
    parts = [outputs.slice(0, middle), outputs.slice(middle)]
      .map((some) => makeProgram(kind, name, some));
    halves.set(program, parts);
  }
  return parts;
}

function partsOf(
  program: Program,
  packed: readonly string[],
  { geometry, bindings: { tensors, outputs } }: {
    readonly geometry: Geometry;
    readonly bindings: RunBindings<DeviceValue>;
  },
): Parts {
  const { channels, input, output, sources } = geometry;
  const windowBytes = 4 * channels * volume(output);
  const elementBytes = 4 * channels * volume(input);
  const itemBytes: Partial<Record<TensorRole, number>> = {
    element: elementBytes,
    perWindow: windowBytes,
  };
  const written = program.kind === "window" ? windowBytes : elementBytes;
  // By a table of sources any item of the output may read any of the input.
  const part = (value: DeviceValue, itemBytes: number | undefined): Part =>
    sources ? { value, itemBytes: undefined } : { value, itemBytes };
  const bound = new Map<string, Part>();
  for (const { name, role } of program.tensors) {
    if (packed.includes(name)) continue;
    bound.set(`read ${name}`, part(tensors[name], itemBytes[role]));
  }
  for (const { name } of program.outputs) {
    bound.set(`write ${name}`, part(outputs[name], written));
  }
  return {
    bound,
    packed: packed.map((name) => part(tensors[name], windowBytes)),
  };
}

/** The chunks of the batch that a program is run in. */
function chunksOf(
  items: number,
  { bound, packed }: Parts,
  limits: Dispatcher["limits"],
): ItemChunk[] {
  const tensors = [...bound.values()].map((
    { value: { shape }, itemBytes },
  ) => ({ shape, itemBytes, isCopied: false }));
  if (packed.length > 0) {
    const [{ value, itemBytes }] = packed;
    tensors.push({
      shape: [packed.length, ...value.shape],
      itemBytes: itemBytes && packed.length * itemBytes,
      isCopied: true,
    });
  }
  const divisible: ItemTensor[] = [];
  for (const { itemBytes, ...tensor } of tensors) {
    if (itemBytes === undefined) assertBindable(tensor.shape, limits);
    else divisible.push({ ...tensor, itemBytes });
  }
  return divisible.length === 0
    ? [{ first: 0, count: items }]
    : itemChunks(items, divisible, limits);
}

function sliceOf({ value, itemBytes }: Part, chunk: ItemChunk): Slice {
  const { block, bytes } = value;
  return itemBytes === undefined ? { block, offset: 0, size: bytes } : {
    block,
    offset: chunk.first * itemBytes,
    size: chunk.count * itemBytes,
  };
}

interface UploadedTables {
  readonly slice?: Slice & { readonly block: Block };
  readonly offsets: Readonly<Record<string, number>>;
}

/** Copies the tables that a module reads to a block of their own. */
function uploadTables(
  dispatcher: Dispatcher,
  module: WgslModule,
  { program, geometry }: { program: Program; geometry: Geometry },
): UploadedTables {
  if (!module.bindings.some(({ use }) => use === "tables")) {
    return { offsets: {} };
  }
  const { data, offsets } = wgslTables(program, geometry);
  assertBindable([data.length], dispatcher.limits);
  const block = dispatcher.pool.acquire(data.byteLength);
  dispatcher.upload(block, data);
  return { slice: { block, offset: 0, size: data.byteLength }, offsets };
}
