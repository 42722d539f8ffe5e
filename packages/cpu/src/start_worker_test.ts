import { assertEquals, assertExists } from "@std/assert";
import { CONTROL } from "./control.ts";
import { startWebWorker, startWorker } from "./start_worker.ts";

const kinds = [
  { name: "startWorker()", start: startWorker },
  { name: "startWebWorker()", start: startWebWorker },
];

/** Waits until a condition holds, or some seconds have passed. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 5000 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

for (const { name, start } of kinds) {
  Deno.test(`${name} starts a worker that says it is ready, and ends when told`, async () => {
    const memory = new WebAssembly.Memory({
      initial: 1,
      maximum: 1,
      shared: true,
    });
    const words = new Int32Array(memory.buffer);
    const worker = await start({ memory, control: CONTROL, spins: 10 });
    await until(() => Atomics.load(words, CONTROL.ready) === 1);
    assertEquals(words[CONTROL.ready], 1);
    assertEquals(worker.failure, undefined);

    // A job without a module: the worker must say that it failed and go on.
    Atomics.store(words, CONTROL.unfinished, 1);
    Atomics.store(words, CONTROL.left, 1);
    Atomics.add(words, CONTROL.generation, 1);
    Atomics.notify(words, CONTROL.generation);
    await until(() => Atomics.load(words, CONTROL.unfinished) === 0);
    assertEquals(words[CONTROL.unfinished], 0);
    assertEquals(words[CONTROL.failed], 1);

    // A late notification is no new job.
    await new Promise((resolve) => setTimeout(resolve, 20));
    Atomics.notify(words, CONTROL.generation);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals([words[CONTROL.unfinished], words[CONTROL.failed]], [0, 1]);
    worker.terminate();
  });

  Deno.test(`${name} tells why a worker cannot run`, async () => {
    const memory = undefined as unknown as WebAssembly.Memory;
    const worker = await start({ memory, control: CONTROL, spins: 10 });
    await until(() => worker.failure !== undefined);
    assertExists(worker.failure);
    worker.terminate();
  });
}
