import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Tensor } from "@rockpool/core";
import type { BenchCase } from "./bench_case.ts";
import { learnsFrom, type Peer, type PeerOptions } from "./peer.ts";
import type { TurnCalls } from "./turns.ts";

/** A tensor in a file, as little-endian elements. */
export interface TensorFile {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
}

/** What a process of a peer is asked for, as a line of JSON. */
export type PeerRequest =
  | ({ readonly do: "open" } & PeerOptions)
  | {
    readonly do: "prepare";
    readonly case: BenchCase;
    readonly inputs: Readonly<Record<string, TensorFile>>;
    readonly dy: TensorFile;
    readonly learns: readonly string[];
  }
  | { readonly do: "results"; readonly prefix: string }
  | ({ readonly do: "turn" } & TurnCalls);

/** What it answers, as a line of JSON. */
export interface PeerReply {
  readonly version?: string;
  readonly lacks?: boolean;
  readonly ms?: number;
  readonly count?: number;
  readonly error?: string;
}

/** A program that a library runs in. */
export interface PeerProgram extends PeerOptions {
  /** What the library is called in tables. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * A library in a process of its own, which sleeps when it is not its turn and
 * takes the time of its calls itself.
 *
 * @throws {Error} where the program does not start or answers with an error
 */
export async function openProcess(
  { name, command, args, threads }: PeerProgram,
): Promise<Peer> {
  await using stack = new AsyncDisposableStack();
  const line = stack.use(new Line(name, command, args));
  const folder = await Deno.makeTempDir({ prefix: "rockpool-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const { version = "" } = await line.ask({ do: "open", threads });
  const owned = stack.move();
  return {
    name,
    version,
    async prepare(benchCase, { inputs, dy }) {
      const files: Record<string, TensorFile> = {};
      for (const [input, tensor] of Object.entries(inputs)) {
        files[input] = await writeTensor(`${folder}/${input}`, tensor);
      }
      const reply = await line.ask({
        do: "prepare",
        case: benchCase,
        inputs: files,
        dy: await writeTensor(`${folder}/dy`, dy),
        learns: learnsFrom(benchCase),
      });
      if (reply.lacks) return undefined;
      return {
        async turn(calls) {
          return (await line.ask({ do: "turn", ...calls })).ms!;
        },
        async results() {
          const prefix = `${folder}/result`;
          const { count } = await line.ask({ do: "results", prefix });
          const paths = Array.from({ length: count! }, (_, i) => prefix + i);
          return await Promise.all(paths.map(readFloats));
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function writeTensor(
  path: string,
  { shape, data }: Tensor,
): Promise<TensorFile> {
  const { buffer, byteOffset, byteLength } = data;
  await Deno.writeFile(path, new Uint8Array(buffer, byteOffset, byteLength));
  const dtype = data instanceof Int32Array ? "int32" : "float32";
  return { path, shape, dtype };
}

async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array((await Deno.readFile(path)).buffer);
}

/** A process that answers each line with a line. */
class Line implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<void>;

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    this.#child = spawn(command, [...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#ended = new Promise((resolve) => this.#child.on("close", resolve));
    // A process that has ended is noticed by the answer that does not come.
    this.#child.stdin.on("error", () => {});
    const lines = createInterface({ input: this.#child.stdout });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  async ask(request: PeerRequest): Promise<PeerReply> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) {
      throw new Error(`Cannot ask ${this.#name}: its process has ended`);
    }
    const reply: PeerReply = JSON.parse(value);
    if (reply.error !== undefined) {
      throw new Error(
        `Cannot ${request.do} with ${this.#name}: ${reply.error}`,
      );
    }
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
