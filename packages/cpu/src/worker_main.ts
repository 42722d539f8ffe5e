/** What a worker is started with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  /** The places of the control words. */
  readonly control: Readonly<Record<string, number>>;
  /** How often a worker looks for a job before it sleeps. */
  readonly spins: number;
}

/**
 * The loop of a worker: it waits for a job, and works on chunks of rows until
 * none is left.
 *
 * Workers are started from this function's text, so it must refer to nothing
 * outside itself.
 */
export function workerMain(start: WorkerStart): void {
  const { memory, control, spins } = start;
  const words = new Int32Array(memory.buffer);
  const kernels = new Map<number, (...range: number[]) => void>();

  const kernelOf = (id: number) => {
    let run = kernels.get(id);
    if (!run) {
      const bytes = new Uint8Array(
        memory.buffer,
        words[control.moduleAddress] >>> 0,
        words[control.moduleLength],
      ).slice();
      const module = new WebAssembly.Module(bytes);
      const instance = new WebAssembly.Instance(module, { env: { memory } });
      run = instance.exports.run as (...range: number[]) => void;
      kernels.set(id, run);
    }
    return run;
  };

  /** The index of a chunk that nobody else works on, or −1. */
  const take = () => {
    for (;;) {
      const left = Atomics.load(words, control.left);
      if (left === 0) return -1;
      const { compareExchange } = Atomics;
      if (compareExchange(words, control.left, left, left - 1) === left) {
        return left - 1;
      }
    }
  };

  let seen = 0;
  // Thread 0 is the one that gives jobs.
  const thread = Atomics.add(words, control.ready, 1) + 1;
  for (;;) {
    for (let i = 0; i < spins; i++) {
      if (Atomics.load(words, control.generation) !== seen) break;
    }
    // A notification may come late, and is not news by itself.
    while (Atomics.load(words, control.generation) === seen) {
      Atomics.wait(words, control.generation, seen);
    }
    seen = Atomics.load(words, control.generation);
    if (Atomics.load(words, control.stop) === 1) return;
    // Until a chunk that was taken is finished no other job can begin, so that
    // what is read after taking it belongs to its job. That may be a later job
    // than the one that woke this worker.
    for (let at = take(); at >= 0; at = take()) {
      try {
        const run = kernelOf(words[control.kernel]);
        const begin = at * words[control.chunk];
        const end = Math.min(begin + words[control.chunk], words[control.rows]);
        run(words[control.arguments], begin, end, thread);
      } catch {
        Atomics.add(words, control.failed, 1);
      }
      Atomics.sub(words, control.unfinished, 1);
    }
  }
}
