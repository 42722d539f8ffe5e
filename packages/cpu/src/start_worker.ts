import { workerMain, type WorkerStart } from "./worker_main.ts";

/** A running worker. */
export interface WorkerHandle {
  /** What went wrong, if anything did. */
  readonly failure: string | undefined;
  /** Ends it. */
  terminate(): void;
}

/** The part of Node's worker threads that is used here. */
interface NodeWorkers {
  readonly Worker: new (
    code: string,
    options: { eval: true; workerData: WorkerStart },
  ) => {
    on(event: "error", listener: (error: Error) => void): void;
    unref(): void;
    terminate(): Promise<number>;
  };
}

/**
 * Starts a worker from the text of its function, which no bundler can miss.
 *
 * Node's kind of worker is taken where there is one, in Deno too: it does not
 * keep the process from ending.
 */
export async function startWorker(start: WorkerStart): Promise<WorkerHandle> {
  const node = await nodeWorkers();
  return node ? startNodeWorker(node, start) : startWebWorker(start);
}

async function nodeWorkers(): Promise<NodeWorkers | undefined> {
  const runtime = globalThis as { process?: { versions?: { node?: string } } };
  if (runtime.process?.versions?.node === undefined) return undefined;
  // A name that bundlers for browsers do not try to find.
  const name = "node:worker_threads";
  return await import(name);
}

function startNodeWorker(
  { Worker }: NodeWorkers,
  start: WorkerStart,
): WorkerHandle {
  const code = `(${workerMain})(require("node:worker_threads").workerData);`;
  const worker = new Worker(code, { eval: true, workerData: start });
  let failure: string | undefined;
  worker.on("error", (error) => {
    failure = error.message;
  });
  worker.unref();
  return {
    get failure() {
      return failure;
    },
    terminate: () => void worker.terminate(),
  };
}

/** Starts a worker as browsers know them. */
export function startWebWorker(start: WorkerStart): WorkerHandle {
  const code = `self.onmessage = ({ data }) => (${workerMain})(data);`;
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const worker = new Worker(url, { type: "module" });
  let failure: string | undefined;
  worker.onerror = (event) => {
    event.preventDefault();
    failure = event.message;
  };
  worker.postMessage(start);
  return {
    get failure() {
      return failure;
    },
    terminate: () => worker.terminate(),
  };
}
