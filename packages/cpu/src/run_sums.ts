import { emitWatSums, type PositionSums } from "@rockpool/kernel";
import type { Block } from "./cpu_value.ts";
import type { WasmMemory } from "./memory.ts";
import { type KernelTools, runFixed } from "./run_fixed.ts";
import { transpose } from "./run_transposed.ts";

/**
 * Sums positions of planes on one thread or all. Where channels stand before
 * the spatial axes, both tensors are transposed on the way, so that the numbers
 * of a position lie together.
 */
export function runSums(call: PositionSums<Block>, tools: KernelTools): void {
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
  tools: KernelTools,
  place: SumsPlace,
): void {
  const rows = sums.offsets.length - 1;
  runFixed(tools, emitWatSums, {
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
