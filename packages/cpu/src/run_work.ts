import type {
  FixedCall,
  FixedEmitter,
  WatMachine,
  WatWork,
} from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import { writeIntegers } from "./kernel_arguments.ts";
import type { KernelCache } from "./kernel_cache.ts";

/** Additions, or copied numbers, below which one thread is done first. */
const PARALLEL_WORK = 2 ** 15;

/** Does some work, then frees what that has allocated. */
export function runWork<Call, Result>(
  kernels: KernelCache,
  work: WatWork<Call, Result>,
  call: Call,
): Result {
  const machine = new Machine(kernels);
  try {
    return work(machine, call);
  } finally {
    machine.free();
  }
}

class Machine implements WatMachine {
  readonly #blocks: number[] = [];

  constructor(readonly kernels: KernelCache) {}

  threadsFor(work: number): number {
    return work < PARALLEL_WORK ? 1 : this.kernels.pool?.threads ?? 1;
  }

  allocate(bytes: number): number {
    const address = this.kernels.allocator.allocate(bytes);
    this.#blocks.push(address);
    return address;
  }

  place({ buffer, byteOffset, length }: Int32Array | Float32Array): number {
    const address = this.allocate(4 * length);
    const words = new Int32Array(buffer, byteOffset, length);
    this.kernels.memory.words.set(words, address / 4);
    return address;
  }

  look(address: number): number {
    return this.kernels.memory.words[address / 4];
  }

  run(emit: FixedEmitter, { values, count, work }: FixedCall): void {
    const { memory, pool } = this.kernels;
    const kernel = this.kernels.fixed(emit);
    writeIntegers(memory, kernel.fields, values);
    if (pool && count > 1 && this.threadsFor(work) > 1) {
      pool.run({
        ...kernel,
        kernel: kernel.id,
        argumentsAddress: ARGUMENTS_ADDRESS,
        rows: count,
      });
    } else kernel.run(ARGUMENTS_ADDRESS, 0, count);
  }

  /** Frees what was allocated. */
  free(): void {
    for (const address of this.#blocks) this.kernels.allocator.free(address);
  }
}
