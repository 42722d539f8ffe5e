import {
  type DType,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  type Value,
} from "@rockpool/core";
import {
  type Device,
  type EigenCall,
  type Geometry,
  GUARD_BYTES,
  type MatrixProduct,
  type PlacedValue,
  type PlaneMove,
  type PositionSums,
  type Program,
  type RowCopy,
  type RunBindings,
  type WatWork,
} from "@rockpool/kernel";
import { Allocator } from "./allocator.ts";
import { HEAP_ADDRESS } from "./control.ts";
import { Block } from "./cpu_value.ts";
import { KernelCache } from "./kernel_cache.ts";
import type { KernelCall } from "./kernel_call.ts";
import type { WasmMemory } from "./memory.ts";
import { runWork } from "./run_work.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** The CPU as a device: values in one memory, kernels on all threads. */
export class CpuDevice implements Device<Block> {
  readonly allocator: Allocator;
  readonly #kernels: KernelCache;
  /** Whether the backend is disposed. */
  ended = false;
  /** Bytes of all values. */
  live = 0;

  readonly pool: ThreadPool | undefined;

  constructor(
    readonly memory: WasmMemory,
    { pool, fused }: {
      readonly pool: ThreadPool | undefined;
      /** Whether kernels add products without rounding them. */
      readonly fused: boolean;
    },
  ) {
    this.pool = pool;
    this.allocator = new Allocator(memory, HEAP_ADDRESS, GUARD_BYTES);
    const { allocator } = this;
    this.#kernels = new KernelCache(memory, { allocator, pool, fused });
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
    bindings: RunBindings<PlacedValue>,
  ): void {
    const call = this.#kernels.get(program, geometry);
    const { transposed } = call;
    if (transposed) {
      runWork(this.#kernels, geometry.transposing!.work, {
        program,
        geometry,
        bindings,
        run: (bindings) => this.run(program, transposed, bindings),
      });
      return;
    }
    const { tables: { words }, bufferBytes } = call;
    const bytes = words.byteLength + bufferBytes;
    if (bytes === 0) {
      call.arguments.write(this.memory, { bindings, tables: 0 });
      this.#runJob(call);
      return;
    }
    const tables = this.allocator.allocate(bytes);
    try {
      this.memory.words.set(words, tables / 4);
      call.arguments.write(this.memory, { bindings, tables });
      this.#runJob(call);
    } finally {
      this.allocator.free(tables);
    }
  }

  scatter(
    move: PlaneMove<Block>,
    work: WatWork<PlaneMove<Block>, boolean>,
  ): boolean {
    return runWork(this.#kernels, work, move);
  }

  take(move: PlaneMove<Block>, work: WatWork<PlaneMove<Block>>): void {
    runWork(this.#kernels, work, move);
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

  sumPositions(
    sums: PositionSums<Block>,
    work: WatWork<PositionSums<Block>>,
  ): void {
    runWork(this.#kernels, work, sums);
  }

  eigen(call: EigenCall<Block>, work: WatWork<EigenCall<Block>>): void {
    runWork(this.#kernels, work, call);
  }

  multiply(
    product: MatrixProduct<Block>,
    work: WatWork<MatrixProduct<Block>>,
  ): void {
    runWork(this.#kernels, work, product);
  }

  #runJob({ job, parallel }: KernelCall): void {
    if (this.pool && parallel) this.pool.run(job);
    else job.run(job.argumentsAddress, 0, job.rows);
  }
}
