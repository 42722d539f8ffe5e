/**
 * Runs the Deno that runs this script, whatever `PATH` says.
 *
 * @module
 */
import { ROOT } from "./workspace.ts";

/** What a command left behind. */
export interface Outcome {
  /** Whether it exited with code 0. */
  readonly ok: boolean;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
}

/** Runs `deno` with `args` to its end in `folder`, below the root. */
export async function deno(args: string[], folder = "."): Promise<Outcome> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: `${ROOT}/${folder}`,
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return {
    ok: success,
    stdout: text.decode(stdout),
    stderr: text.decode(stderr),
  };
}
