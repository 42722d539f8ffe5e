import type { Backend, SessionOptions } from "@rockpool/core";
import { DeviceSession } from "@rockpool/kernel";
import { CpuDevice } from "./cpu_device.ts";
import type { Block, CpuValue } from "./cpu_value.ts";
import { canFuse } from "./fused.ts";
import { canShare, WasmMemory } from "./memory.ts";
import { ThreadPool } from "./thread_pool.ts";

/** How the CPU backend is opened. */
export interface CpuOptions {
  /** Threads, the calling one included; all that the machine has by default. */
  readonly threads?: number;
  /**
   * Whether products may be added without being rounded first, by relaxed SIMD's
   * multiply-add; by default they are where the runtime has it, as `info` says.
   *
   * Exponentials take a third less time then, and results are nearer to exact.
   * Runs on one machine give the same bits either way. With `false` all machines
   * do; otherwise those that lack the instruction (Node 20, processors older
   * than 2013) differ from others in last places.
   */
  readonly fusedMultiplyAdd?: boolean;
}

/** The most threads that are worth their memory. */
const MAX_THREADS = 256;

/**
 * Opens the CPU backend: WebAssembly SIMD over one memory, on threads.
 *
 * Where the runtime has no shared memory it runs on one thread and says so in
 * `info`. Dispose of it to end its threads.
 *
 * @throws {RangeError} for a number of threads that is no positive integer
 * @throws {Error} where more than one thread is asked for and memory cannot be
 * shared, where workers do not start, or where `fusedMultiplyAdd` is asked for
 * and the runtime does not have it
 *
 * @example
 * ```ts
 * import { cpu } from "@rockpool/cpu";
 * import { slide, windowKernel } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const sum = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));
 * using backend = await cpu({ threads: 1 });
 * using session = backend.session();
 * const x = session.upload({ shape: [1, 1, 4], data: Float32Array.of(1, 2, 3, 4) });
 * const windows = slide(x.shape, { kernelSize: [2] });
 * const { y } = session.window(sum, { values: { x } }, windows);
 * assertEquals([...(await session.read(y)).data], [3, 7]);
 * ```
 */
export async function cpu(
  options: CpuOptions = {},
): Promise<Backend<CpuValue>> {
  const shared = canShare();
  const threads = options.threads ??
    (shared ? Math.min(MAX_THREADS, await hardwareThreads()) : 1);
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new RangeError(
      `Cannot run on ${threads} threads: an integer from 1 to ${MAX_THREADS} is needed`,
    );
  }
  if (threads > 1 && !shared) {
    throw new Error(
      `Cannot run on ${threads} threads: this runtime has no SharedArrayBuffer (in a browser the page must be cross-origin isolated)`,
    );
  }
  const { fusedMultiplyAdd } = options;
  const fused = fusedMultiplyAdd !== false && canFuse();
  if (fusedMultiplyAdd && !fused) {
    throw new Error(
      "Cannot use fusedMultiplyAdd: this runtime has no relaxed SIMD",
    );
  }
  const memory = new WasmMemory(shared);
  const pool = threads > 1
    ? await ThreadPool.start(memory, threads)
    : undefined;
  const device = new CpuDevice(memory, { pool, fused });
  const backend: Backend<Block> = {
    name: "cpu",
    info: `WebAssembly SIMD, ${fused ? "fused multiply-add, " : ""}${
      threads === 1 ? "1 thread" : `${threads} threads`
    }${shared ? "" : " (no shared memory)"}`,
    session(options?: SessionOptions) {
      if (device.ended) {
        throw new TypeError("Cannot open a session: the backend is disposed");
      }
      return new DeviceSession<Block>(backend, device, options);
    },
    memory: () => ({ live: device.live, reserved: memory.size }),
    [Symbol.dispose]() {
      device.ended = true;
      pool?.[Symbol.dispose]();
    },
  };
  return backend;
}

/** The threads that the machine has. */
async function hardwareThreads(): Promise<number> {
  const runtime: {
    readonly navigator?: { readonly hardwareConcurrency?: number };
  } = globalThis;
  const known = runtime.navigator?.hardwareConcurrency;
  if (known !== undefined) return known;
  // Node 20 has no navigator; bundlers for browsers do not try to find this.
  const name = "node:os";
  const os: { availableParallelism(): number } = await import(name);
  return os.availableParallelism();
}
