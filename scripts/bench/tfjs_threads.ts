import { writeFileSync } from "node:fs";
import os from "node:os";

/**
 * Lets TensorFlow.js have its threads outside a browser, before its modules
 * are loaded; gives the flag that it then has to be told.
 *
 * Its WebAssembly with threads starts workers from blobs with the script of
 * the main thread inside. Workers of Node, which it uses wherever it finds
 * `process`, take files: so blobs are made files. It also takes half of the
 * processors for threads at most: so it is shown twice as many as threads.
 */
export function allowThreads(threads: number): void {
  const folder = Deno.makeTempDirSync({ prefix: "rockpool-tfjs-" });
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  let count = 0;
  const files = {
    Blob: class {
      readonly path = `${folder}/part_${count++}.cjs`;
      constructor([text]: readonly string[]) {
        writeFileSync(this.path, `${WORKER_NEEDS}\n${text}`);
      }
    },
  };
  Object.assign(globalThis, files);
  URL.createObjectURL = pathOf as typeof URL.createObjectURL;
  const [processor] = os.cpus();
  os.cpus = () => Array(2 * threads).fill(processor);
}

function pathOf(blob: unknown): string {
  return (blob as { path: string }).path;
}

/**
 * What the script of a worker finds in Node or around it in its bundle: globals
 * that can be assigned, the modules that the bundle has renamed, and paths for
 * blobs.
 */
const WORKER_NEEDS = `
for (const name of ["location", "self", "performance", "Worker", "postMessage"]) {
  const value = globalThis[name];
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
Object.assign(globalThis, {
  commonjsGlobal: globalThis,
  require$$0: require("node:fs"),
  require$$1: require("node:path"),
  require$$3: require("node:perf_hooks"),
  require$$4: require("node:os"),
});
URL.createObjectURL = (blob) => blob.path;
URL.revokeObjectURL = () => {};
`;
