import {
  type DType,
  type Eigen,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import {
  type Device,
  forEachIndex,
  type Geometry,
  GUARD_BYTES,
  type MatrixProduct,
  type PlaneMove,
  type PositionSums,
  type Program,
  type RowCopy,
  type RunBindings,
  volume,
} from "@rockpool/kernel";
import { Allocator } from "./allocator.ts";
import { ARGUMENTS_ADDRESS, HEAP_ADDRESS } from "./control.ts";
import { Block } from "./cpu_value.ts";
import { type ArgumentSources, writeArguments } from "./kernel_arguments.ts";
import { type CompiledKernel, KernelCache } from "./kernel_cache.ts";
import type { WasmMemory } from "./memory.ts";
import { runEigen } from "./run_eigen.ts";
import { runMultiply } from "./run_multiply.ts";
import type { KernelTools } from "./run_fixed.ts";
import { runSums } from "./run_sums.ts";
import { paysTransposed, runTransposed } from "./run_transposed.ts";
import { placeTables } from "./table_blocks.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** Elements below which one thread is done before another has woken up. */
const PARALLEL_ELEMENTS = 16_384;

/** The CPU as a device: values in one memory, kernels on all threads. */
export class CpuDevice implements Device<Block> {
  readonly allocator: Allocator;
  readonly #kernels: KernelCache;
  /** Whether the backend is disposed. */
  ended = false;
  /** Bytes of all values. */
  live = 0;

  constructor(
    readonly memory: WasmMemory,
    readonly pool: ThreadPool | undefined,
  ) {
    this.allocator = new Allocator(memory, HEAP_ADDRESS, GUARD_BYTES);
    this.#kernels = new KernelCache(memory, this.allocator);
  }

  allocate(shape: Shape, dtype: DType): Block {
    if (this.ended) {
      throw new TypeError("Cannot use a session: its backend is disposed");
    }
    const size = sizeOf(shape);
    if (4 * size > 2 ** 32) {
      throw new RangeError(
        `Cannot allocate a value of shape ${formatShape(shape)}: it takes ${
          4 * size
        } bytes, the CPU backend has at most ${2 ** 32}`,
      );
    }
    const address = this.allocator.allocate(4 * size);
    this.live += 4 * size;
    return new Block(this.memory, address, shape, dtype, size);
  }

  holds(value: Value): boolean {
    return value instanceof Block && value.memory === this.memory &&
      !value.freed;
  }

  view(value: Block, shape: Shape): Block {
    const { memory, address, dtype, size, users } = value;
    users.count += 1;
    return new Block(memory, address, shape, dtype, size, users);
  }

  free(value: Block): void {
    value.freed = true;
    value.users.count -= 1;
    if (value.users.count > 0) return;
    this.live -= 4 * value.size;
    this.allocator.free(value.address);
  }

  write(value: Block, data: Tensor["data"]): void {
    value.data.set(data);
  }

  // deno-lint-ignore require-await -- the copy is made at once, errors reject
  async read(value: Block): Promise<Tensor> {
    return { shape: value.shape, data: value.data.slice() as Tensor["data"] };
  }

  peek(value: Block): Tensor["data"] {
    return value.data as Tensor["data"];
  }

  run(
    program: Program,
    geometry: Geometry,
    bindings: RunBindings<Block>,
  ): void {
    const kernel = this.#kernels.get(program, geometry);
    if (paysTransposed(kernel.plan, program, geometry)) {
      const run = (geometry: Geometry, bindings: RunBindings<Block>) =>
        this.run(program, geometry, bindings);
      runTransposed(this.#tools, program, geometry, { bindings, run });
      return;
    }
    const tables = placeTables(geometry, kernel.fields, this);
    try {
      this.#runKernel(kernel, { geometry, bindings, tables: tables.addresses });
    } finally {
      tables.free();
    }
  }

  scatter(move: PlaneMove<Block>): void {
    const [from, to] = [move.from.data, move.to.data];
    to.fill(0);
    forEachIndex(move.planes, move.indices.data, (small, large) => {
      to[large] = from[small];
    });
  }

  copyRows({ from, to, rows, length }: RowCopy<Block>): void {
    const [source, target] = [from.value.data, to.value.data];
    for (let row = 0; row < rows; row++) {
      const start = from.start + row * from.step;
      target.set(
        source.subarray(start, start + length),
        to.start + row * to.step,
      );
    }
  }

  sumPositions(call: PositionSums<Block>): void {
    runSums(call, this.#tools);
  }

  eigen(x: Block, to: Eigen<Block>): void {
    runEigen(x, to, this.#tools);
  }

  take(move: PlaneMove<Block>): void {
    const [from, to] = [move.from.data, move.to.data];
    to.fill(0);
    forEachIndex(move.planes, move.indices.data, (small, large) => {
      to[small] = from[large];
    });
  }

  multiply(product: MatrixProduct<Block>): void {
    runMultiply(product, this.#tools);
  }

  get #tools(): KernelTools {
    const { memory, allocator, pool } = this;
    return { memory, allocator, kernels: this.#kernels, pool };
  }

  #runKernel(kernel: CompiledKernel, sources: ArgumentSources): void {
    const { input, output, items, inputItems, channels } = sources.geometry;
    const [space, batch] = kernel.kind === "gather"
      ? [input, inputItems]
      : [output, items];
    const lines = space[0] * space[1];
    const rows = {
      columns: batch * channels * lines,
      rolling: batch * channels * lines,
      channels: batch * lines,
      // A gather works on a plane, all of whose windows may be one.
      elements: batch * channels *
        (kernel.kind === "gather" ? 1 : volume(space)),
    }[kernel.plan.schedule];
    const elements = channels *
      Math.max(volume(input) * inputItems, volume(output) * items);
    const pool = rows > 1 && elements >= PARALLEL_ELEMENTS
      ? this.pool
      : undefined;
    const chunk = pool?.chunkOf(rows) ?? rows;
    const run = (tables: ArgumentSources["tables"]) => {
      writeArguments(this.memory, kernel.fields, { ...sources, tables });
      const argumentsAddress = ARGUMENTS_ADDRESS;
      if (pool) {
        pool.run({ ...kernel, kernel: kernel.id, argumentsAddress, rows });
      } else kernel.run(argumentsAddress, 0, rows);
    };
    if (kernel.scratchVectors === 0) return run(sources.tables);
    const bytes = 16 * kernel.scratchVectors * Math.ceil(output[2] / 4);
    const scratch = this.allocator.allocate(bytes * Math.ceil(rows / chunk));
    try {
      run({ ...sources.tables, scratch, chunk });
    } finally {
      this.allocator.free(scratch);
    }
  }
}
