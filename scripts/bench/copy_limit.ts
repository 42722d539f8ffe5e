import compile from "watr/compile";
import { COPY_DATA, COPY_WORDS } from "./copy_words.ts";
import type { CopyStart } from "./copy_worker.ts";

/** Bytes of an input and an output, and the threads that share the work. */
export interface CopySizes {
  readonly reads: number;
  readonly writes: number;
  readonly threads: number;
}

/** A copy that is ready to run. */
export interface CopyLimit extends Disposable {
  /** Reads and writes the bytes once. */
  run(): Promise<void>;
  /** The output's bytes as 32-bit words. */
  readonly output: Int32Array<ArrayBufferLike>;
  /** The input's bytes as 32-bit words. */
  readonly input: Int32Array<ArrayBufferLike>;
}

/** Bytes that a thread reads before it asks for more. */
const ROW_BYTES = 32768;

/** A cache line, which rows consist of. */
const LINE = 64;

const PAGE = 65536;

/**
 * Opens the limit of a pooling: a kernel that only reads as many bytes as the
 * input has, and writes as many as the output has, over WebAssembly memory.
 * Rows are rounded up to whole cache lines.
 */
export async function openCopyLimit(
  { reads, writes, threads }: CopySizes,
): Promise<CopyLimit> {
  const rows = Math.max(1, Math.round(Math.max(reads, writes) / ROW_BYTES));
  const rowReads = Math.ceil(reads / rows / LINE) * LINE;
  const rowWrites = Math.ceil(writes / rows / LINE) * LINE;
  const from = COPY_DATA;
  const to = from + rows * rowReads;
  const pages = Math.ceil((to + rows * rowWrites) / PAGE);
  const memory = new WebAssembly.Memory({
    initial: pages,
    maximum: pages,
    shared: true,
  });
  const words = new Int32Array(memory.buffer);
  const input = words.subarray(from / 4, (from + reads) / 4);
  // Memory that was never written is not there: reading it costs nothing.
  for (let index = 0; index < input.length; index++) input[index] = index;

  const text = await Deno.readTextFile(new URL("copy.wat", import.meta.url));
  const bytes: Uint8Array<ArrayBuffer> = compile(text);
  const module = new WebAssembly.Module(bytes);
  const job = [rows, from, to, rowReads, rowWrites];
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const run = instance.exports.run as (...job: readonly number[]) => void;
  const workers = startWorkers(threads - 1, { memory, module, job });
  await untilReady(words, workers.length);
  return {
    input,
    output: words.subarray(to / 4, (to + writes) / 4),
    // deno-lint-ignore require-await -- errors must reject
    async run() {
      Atomics.store(words, COPY_WORDS.next, 0);
      Atomics.store(words, COPY_WORDS.ready, 0);
      Atomics.add(words, COPY_WORDS.generation, 1);
      Atomics.notify(words, COPY_WORDS.generation);
      run(...job);
      while (Atomics.load(words, COPY_WORDS.ready) < workers.length);
    },
    [Symbol.dispose]() {
      Atomics.store(words, COPY_WORDS.stop, 1);
      Atomics.add(words, COPY_WORDS.generation, 1);
      Atomics.notify(words, COPY_WORDS.generation);
      for (const worker of workers) worker.terminate();
    },
  };
}

function startWorkers(count: number, start: CopyStart): Worker[] {
  return Array.from({ length: count }, () => {
    const url = new URL("./copy_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    worker.postMessage(start);
    return worker;
  });
}

async function untilReady(words: Int32Array, workers: number): Promise<void> {
  for (;;) {
    const ready = Atomics.load(words, COPY_WORDS.ready);
    if (ready === workers) return;
    await Atomics.waitAsync(words, COPY_WORDS.ready, ready).value;
  }
}
