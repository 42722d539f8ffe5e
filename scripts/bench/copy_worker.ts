/**
 * A thread of the copy that pooling is measured against: it waits for work,
 * takes rows until none is left, and says that it waits again.
 *
 * @module
 */
import { COPY_WORDS } from "./copy_words.ts";

/** What a thread is started with. */
export interface CopyStart {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  /** The arguments of the kernel. */
  readonly job: readonly number[];
}

addEventListener("message", (event) => {
  const { memory, module, job } = (event as MessageEvent<CopyStart>).data;
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const run = instance.exports.run as (...job: readonly number[]) => void;
  const words = new Int32Array(memory.buffer);
  for (let seen = 0;;) {
    Atomics.add(words, COPY_WORDS.ready, 1);
    Atomics.notify(words, COPY_WORDS.ready);
    Atomics.wait(words, COPY_WORDS.generation, seen);
    seen = Atomics.load(words, COPY_WORDS.generation);
    if (Atomics.load(words, COPY_WORDS.stop) === 1) break;
    run(...job);
  }
  close();
});
