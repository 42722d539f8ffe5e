import { createInterface } from "node:readline";
import type { Tensor } from "@rockpool/core";
import type { BenchCase } from "./bench_case.ts";
import type { PeerReply, PeerRequest, TensorFile } from "./process_peer.ts";
import { takeTurn } from "./turns.ts";

/** A case that a library has in place. */
export interface LibraryWork extends Disposable {
  /** Computes the results once and drops them. */
  run(): unknown;
  /** Computes the results once and reads them. */
  results(): Promise<Float32Array[]>;
}

/** What a case is made of in a process of its own. */
export interface LibraryCase {
  readonly benchCase: BenchCase;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly dy: Tensor;
  /** The inputs whose gradients a train case is to give. */
  readonly learns: readonly string[];
}

/** A library that has been opened. */
export interface Library {
  readonly version: string;
  /** Puts a case in place; undefined where the library lacks it. */
  prepare(libraryCase: LibraryCase): LibraryWork | undefined;
}

/** Answers requests on the standard input until it ends. */
export async function servePeer(
  open: (threads: number) => Promise<Library>,
): Promise<void> {
  const state: State = {};
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: PeerReply;
    try {
      reply = await answer(JSON.parse(line), state, open);
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : `${error}` };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
  state.work?.[Symbol.dispose]();
  // The threads of libraries would keep the process.
  Deno.exit();
}

interface State {
  library?: Library;
  work?: LibraryWork;
}

async function answer(
  request: PeerRequest,
  state: State,
  open: (threads: number) => Promise<Library>,
): Promise<PeerReply> {
  switch (request.do) {
    case "open":
      state.library = await open(request.threads);
      return { version: state.library.version };
    case "prepare": {
      state.work?.[Symbol.dispose]();
      const { case: benchCase, learns } = request;
      const inputs: Record<string, Tensor> = {};
      for (const [name, file] of Object.entries(request.inputs)) {
        inputs[name] = await readTensor(file);
      }
      const dy = await readTensor(request.dy);
      state.work = state.library!.prepare({ benchCase, inputs, dy, learns });
      return { lacks: state.work === undefined };
    }
    case "results": {
      const results = await state.work!.results();
      for (
        const [index, { buffer, byteOffset, byteLength }] of results.entries()
      ) {
        const bytes = new Uint8Array(buffer, byteOffset, byteLength);
        await Deno.writeFile(request.prefix + index, bytes);
      }
      return { count: results.length };
    }
    case "turn": {
      const work = state.work!;
      return { ms: await takeTurn(() => work.run(), request) };
    }
  }
}

async function readTensor({ path, shape, dtype }: TensorFile): Promise<Tensor> {
  const { buffer } = await Deno.readFile(path);
  return {
    shape,
    data: dtype === "int32" ? new Int32Array(buffer) : new Float32Array(buffer),
  };
}
