/**
 * A folder as a reader of the documentation has it.
 *
 * @module
 */
import { delimiter, dirname } from "node:path";
import { ROOT } from "./workspace.ts";

/** A temporary folder and what can be done in it. */
export interface ReaderFolder extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
  /** Runs a command line in a folder below it; gives all that it printed. */
  run(line: string, folder?: string): Promise<CommandOutcome>;
}

/** What a command left behind. */
export interface CommandOutcome {
  /** The exit code. */
  readonly code: number;
  /** Its standard output and its standard error. */
  readonly output: string;
}

/**
 * Makes an empty folder in which the packages of this repository stand for
 * those of the registry: a workspace that takes in whatever is made there has
 * links to them. It is the one place where they do, and commands and files are
 * those of the reader.
 */
export async function readerFolder(): Promise<ReaderFolder> {
  const path = await Deno.makeTempDir({ prefix: "reader_" });
  const config = {
    workspace: ["./*"],
    links: [ROOT, `${ROOT}scripts/std_assert`],
  };
  await Deno.writeTextFile(`${path}/deno.json`, JSON.stringify(config));
  return {
    path,
    run: (line, folder = ".") => runLine(line, `${path}/${folder}`),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function runLine(line: string, cwd: string): Promise<CommandOutcome> {
  const command = new Deno.Command("sh", {
    args: ["-c", `${line} 2>&1`],
    cwd,
    env: {
      PATH: [dirname(Deno.execPath()), Deno.env.get("PATH")].join(delimiter),
      NO_COLOR: "1",
      // What runs on a GPU is tested where it is at home.
      ROCKPOOL_GPU: "skip",
    },
  });
  const { code, stdout } = await command.output();
  return { code, output: new TextDecoder().decode(stdout) };
}
