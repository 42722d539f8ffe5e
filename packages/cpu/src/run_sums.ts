import {
  emitWatSums,
  emitWatTranspose,
  type PositionSums,
} from "@rockpool/kernel";
import type { Allocator } from "./allocator.ts";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import type { Block } from "./cpu_value.ts";
import { writeIntegers } from "./kernel_arguments.ts";
import type { KernelCache } from "./kernel_cache.ts";
import type { WasmMemory } from "./memory.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** What sums are computed with. */
export interface SumsTools {
  readonly memory: WasmMemory;
  readonly allocator: Allocator;
  readonly kernels: KernelCache;
  readonly pool: ThreadPool | undefined;
}

/** Additions, or copied numbers, below which one thread is done first. */
const PARALLEL_WORK = 2 ** 15;

/**
 * Sums positions of planes on one thread or all. Where channels stand before
 * the spatial axes, both tensors are transposed on the way, so that the numbers
 * of a position lie together.
 */
export function runSums(call: PositionSums<Block>, tools: SumsTools): void {
  const { allocator } = tools;
  const { from, to, sums, planes, channels, layout } = call;
  const blocks: number[] = [];
  const allocate = (numbers: number) => {
    const address = allocator.allocate(4 * numbers);
    blocks.push(address);
    return address;
  };
  try {
    const tables = [sums.offsets, sums.entries, sums.weights].map((data) => {
      const address = allocate(data.length);
      copyIn(tools.memory, address, data);
      return address;
    });
    const [offsets, entries, weights] = tables;
    const place = { offsets, entries, weights };
    const isLast = layout === "NHWC" || channels === 1;
    if (isLast) {
      return sumRows(call, tools, {
        ...place,
        from: from.address,
        to: to.address,
      });
    }
    const [x, y] = [allocate(from.size), allocate(to.size)];
    transpose(tools, {
      from: from.address,
      to: x,
      items: from.size / channels / planes.from,
      rows: channels,
      columns: planes.from,
    });
    sumRows(call, tools, { ...place, from: x, to: y });
    transpose(tools, {
      from: y,
      to: to.address,
      items: to.size / channels / planes.to,
      rows: planes.to,
      columns: channels,
    });
  } finally {
    for (const address of blocks) allocator.free(address);
  }
}

function copyIn(
  { memory }: WasmMemory,
  address: number,
  data: Int32Array | Float32Array,
): void {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length);
  new Int32Array(memory.buffer, address, data.length).set(words);
}

/** Where the kernel of sums finds what it reads and writes. */
interface SumsPlace {
  readonly from: number;
  readonly to: number;
  readonly offsets: number;
  readonly entries: number;
  readonly weights: number;
}

function sumRows(
  { from, sums, repeats, channels }: PositionSums<Block>,
  tools: SumsTools,
  place: SumsPlace,
): void {
  const rows = sums.offsets.length - 1;
  run(tools, emitWatSums, {
    values: {
      ...place,
      channels,
      rows,
      columns: from.size / channels / repeats,
    },
    count: rows * repeats,
    work: sums.entries.length * repeats * channels,
  });
}

/** Matrices, where they lie and where they are to be transposed. */
interface Transposition {
  readonly from: number;
  readonly to: number;
  readonly items: number;
  readonly rows: number;
  readonly columns: number;
}

function transpose(
  tools: SumsTools,
  { items, ...values }: Transposition,
): void {
  const { rows, columns } = values;
  const strips = Math.ceil(columns / 4);
  run(tools, emitWatTranspose, {
    values: { ...values, strips },
    count: items * strips,
    work: items * rows * columns,
  });
}

function run(
  { memory, kernels, pool }: SumsTools,
  emit: Parameters<KernelCache["fixed"]>[0],
  { values, count, work }: {
    readonly values: Readonly<Record<string, number>>;
    /** What threads divide among themselves. */
    readonly count: number;
    readonly work: number;
  },
): void {
  const kernel = kernels.fixed(emit);
  writeIntegers(memory, kernel.fields, values);
  if (pool && count > 1 && work >= PARALLEL_WORK) {
    const argumentsAddress = ARGUMENTS_ADDRESS;
    pool.run({ ...kernel, kernel: kernel.id, argumentsAddress, rows: count });
  } else kernel.run(ARGUMENTS_ADDRESS, 0, count);
}
