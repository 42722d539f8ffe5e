import type { Allocator } from "./allocator.ts";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import { writeIntegers } from "./kernel_arguments.ts";
import type { FixedEmitter, KernelCache } from "./kernel_cache.ts";
import type { WasmMemory } from "./memory.ts";
import type { ThreadPool } from "./thread_pool.ts";

/** What kernels are run with. */
export interface KernelTools {
  readonly memory: WasmMemory;
  readonly allocator: Allocator;
  readonly kernels: KernelCache;
  readonly pool: ThreadPool | undefined;
}

/** Additions, or copied numbers, below which one thread is done first. */
const PARALLEL_WORK = 2 ** 15;

/** Runs a kernel that is the same for all calls on one thread or all. */
export function runFixed(
  { memory, kernels, pool }: KernelTools,
  emit: FixedEmitter,
  { values, count, work }: {
    /** Its arguments. */
    readonly values: Readonly<Record<string, number>>;
    /** What threads divide among themselves. */
    readonly count: number;
    /** How much there is to do in all. */
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
