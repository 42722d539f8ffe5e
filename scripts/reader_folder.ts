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
 * By which packages of a clone beside a folder stand for those of a registry,
 * for whatever is made in that folder. It is the one place where they do:
 * commands and files are those of the reader.
 */
const CONFIG = {
  workspace: ["./*"],
  links: ["../rockpool", "../rockpool/scripts/std_assert"],
};

/** Makes a folder that is empty but for the `deno.json` that stands for a registry. */
export async function readerFolder(): Promise<ReaderFolder> {
  const outer = await Deno.makeTempDir({ prefix: "reader_" });
  await Deno.symlink(ROOT, `${outer}/rockpool`);
  const path = `${outer}/work`;
  await Deno.mkdir(path);
  await Deno.writeTextFile(`${path}/deno.json`, JSON.stringify(CONFIG));
  return {
    path,
    run: (line, folder = ".") => runLine(line, `${path}/${folder}`),
    [Symbol.asyncDispose]: () => Deno.remove(outer, { recursive: true }),
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
