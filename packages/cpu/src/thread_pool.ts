import { CONTROL } from "./control.ts";
import type { WasmMemory } from "./memory.ts";
import { startWorker, type WorkerHandle } from "./start_worker.ts";

/** Milliseconds after which workers that do not start count as missing. */
const START_TIMEOUT = 20_000;

/** Looks for a job before a worker sleeps: less than 100 microseconds. */
const SPINS = 20_000;

/** Chunks of rows per thread, so that a slower thread takes fewer. */
const CHUNKS_PER_THREAD = 8;

/** Work on rows, which threads divide among themselves. */
export interface Job {
  /** The number of the kernel. */
  readonly kernel: number;
  /** Where its module lies, for workers that do not have it yet. */
  readonly module: { readonly address: number; readonly length: number };
  /** The kernel on this thread. */
  run(argumentsAddress: number, begin: number, end: number): void;
  readonly argumentsAddress: number;
  readonly rows: number;
}

/** Workers that share the memory and work with the calling thread. */
export class ThreadPool implements Disposable {
  readonly #words: Int32Array;
  readonly #workers: WorkerHandle[];

  private constructor(words: Int32Array, workers: WorkerHandle[]) {
    this.#words = words;
    this.#workers = workers;
  }

  /** The number of threads, the calling one included. */
  get threads(): number {
    return this.#workers.length + 1;
  }

  /**
   * Starts workers, one less than there are threads.
   *
   * @throws {Error} where they do not start in time
   */
  static async start(
    { memory }: WasmMemory,
    threads: number,
  ): Promise<ThreadPool> {
    const words = new Int32Array(memory.buffer);
    const workers: WorkerHandle[] = [];
    const pool = new ThreadPool(words, workers);
    try {
      for (let i = 1; i < threads; i++) {
        workers.push(
          await startWorker({ memory, control: CONTROL, spins: SPINS }),
        );
      }
      const deadline = performance.now() + START_TIMEOUT;
      while (Atomics.load(words, CONTROL.ready) < workers.length) {
        const failure = workers.map((worker) => worker.failure).find(Boolean);
        if (failure || performance.now() > deadline) {
          throw new Error(
            `Cannot start ${workers.length} workers: ${
              failure ?? `they are not ready after ${START_TIMEOUT} ms`
            }`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } catch (error) {
      pool[Symbol.dispose]();
      throw error;
    }
    return pool;
  }

  /** How many of so many rows threads take at a time. */
  chunkOf(rows: number): number {
    return Math.max(1, Math.ceil(rows / (this.threads * CHUNKS_PER_THREAD)));
  }

  /** Runs a job on all threads and returns when it is done. */
  run(job: Job): void {
    const words = this.#words;
    const { rows, argumentsAddress } = job;
    const chunk = this.chunkOf(rows);
    words[CONTROL.kernel] = job.kernel;
    words[CONTROL.moduleAddress] = job.module.address;
    words[CONTROL.moduleLength] = job.module.length;
    words[CONTROL.arguments] = argumentsAddress;
    words[CONTROL.rows] = rows;
    words[CONTROL.chunk] = chunk;
    words[CONTROL.failed] = 0;
    const chunks = Math.ceil(rows / chunk);
    Atomics.store(words, CONTROL.unfinished, chunks);
    Atomics.store(words, CONTROL.left, chunks);
    Atomics.add(words, CONTROL.generation, 1);
    Atomics.notify(words, CONTROL.generation);
    try {
      for (let at = this.#take(); at >= 0; at = this.#take()) {
        const begin = at * chunk;
        try {
          job.run(argumentsAddress, begin, Math.min(begin + chunk, rows));
        } finally {
          Atomics.sub(words, CONTROL.unfinished, 1);
        }
      }
    } finally {
      // After an error here nobody else is to begin.
      const left = Atomics.exchange(words, CONTROL.left, 0);
      Atomics.sub(words, CONTROL.unfinished, left);
      // Who has not woken up by now is not waited for. The main thread of a
      // browser may not sleep.
      while (Atomics.load(words, CONTROL.unfinished) > 0);
    }
    if (words[CONTROL.failed] > 0) {
      throw new Error(
        `Cannot finish a kernel: ${
          words[CONTROL.failed]
        } of ${chunks} chunks failed on ${this.#workers.length} workers`,
      );
    }
  }

  /** The index of a chunk that nobody else works on, or −1. */
  #take(): number {
    const words = this.#words;
    for (;;) {
      const left = Atomics.load(words, CONTROL.left);
      if (left === 0) return -1;
      const { compareExchange } = Atomics;
      if (compareExchange(words, CONTROL.left, left, left - 1) === left) {
        return left - 1;
      }
    }
  }

  [Symbol.dispose](): void {
    Atomics.store(this.#words, CONTROL.stop, 1);
    Atomics.add(this.#words, CONTROL.generation, 1);
    Atomics.notify(this.#words, CONTROL.generation);
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }
}
