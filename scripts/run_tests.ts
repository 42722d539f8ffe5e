/**
 * `deno task test`: runs every test, GPU ones included, and closes with one
 * line: `N passed, N failed`, and `, N skipped` if there are any.
 *
 * Arguments are passed on to `deno test`.
 *
 * @module
 */
import { ROOT } from "./workspace.ts";

/**
 * The closing line for the output of `deno test`, steps not counted; undefined
 * if the output has no summary, such as after a type error.
 */
export function closingLine(output: string): string | undefined {
  // deno-lint-ignore no-control-regex -- colours of the terminal
  const plain = output.replace(/\x1b\[\d+(;\d+)*m/g, "");
  const summary = plain.match(/^(ok|FAILED) \| \d+ passed.*$/gm)?.at(-1);
  if (summary === undefined) return undefined;
  const count = (what: string) =>
    Number(summary.match(`(\\d+) ${what}`)?.[1] ?? 0);
  const skipped = count("ignored");
  return `${count("passed")} passed, ${count("failed")} failed` +
    (skipped > 0 ? `, ${skipped} skipped` : "");
}

/** Runs `deno test` with `args`, shows what it prints; gives its exit code. */
async function runTests(args: readonly string[]): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    stdout: "piped",
  });
  const process = command.spawn();
  let output = "";
  const text = new TextDecoder();
  for await (const chunk of process.stdout) {
    await Deno.stdout.write(chunk);
    output += text.decode(chunk, { stream: true });
  }
  const { code } = await process.status;
  const line = closingLine(output);
  if (line === undefined) {
    console.error("deno test ended before its summary");
    return code || 1;
  }
  console.log(line);
  return code;
}

if (import.meta.main) Deno.exit(await runTests(Deno.args));
