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

/** Starts a worker from the text of its function, which no bundler can miss. */
export function startWorker(start: WorkerStart): Promise<WorkerHandle> {
  return typeof Worker === "undefined"
    ? startNodeWorker(start)
    : Promise.resolve(startWebWorker(start));
}

function startWebWorker(start: WorkerStart): WorkerHandle {
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

async function startNodeWorker(start: WorkerStart): Promise<WorkerHandle> {
  // A name that bundlers for browsers do not try to find.
  const name = "node:worker_threads";
  const { Worker }: NodeWorkers = await import(name);
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
