/**
 * Runs the Deno that runs this script, whatever `PATH` says.
 *
 * @module
 */
import { type Outcome, runCommand } from "./command.ts";
import { ROOT } from "./workspace.ts";

/** Runs `deno` with `args` to its end in `folder`, below the root. */
export function deno(args: string[], folder = "."): Promise<Outcome> {
  return runCommand(Deno.execPath(), args, { cwd: `${ROOT}/${folder}` });
}
