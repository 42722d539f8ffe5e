/** What a worker is started with. */
export interface WorkerStart {
  readonly memory: WebAssembly.Memory;
  /** The places of the control words. */
  readonly control: Readonly<Record<string, number>>;
  /** How often a worker looks for a job before it sleeps. */
  readonly spins: number;
}

/**
 * The loop of a worker: it waits for a job, works on rows until none is left,
 * and says that it is done.
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

  let seen = 0;
  Atomics.add(words, control.ready, 1);
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
    try {
      const run = kernelOf(words[control.kernel]);
      const rows = words[control.rows];
      const chunk = words[control.chunk];
      for (;;) {
        const begin = Atomics.add(words, control.next, chunk);
        if (begin >= rows) break;
        run(
          words[control.arguments],
          begin,
          Math.min(begin + chunk, rows),
        );
      }
    } catch {
      Atomics.add(words, control.failed, 1);
    }
    Atomics.sub(words, control.working, 1);
  }
}
