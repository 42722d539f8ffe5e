/** What a command left behind. */
export interface Outcome {
  /** Whether it exited with code 0. */
  readonly ok: boolean;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
}

/** How {@linkcode runCommand} runs a command. */
export interface CommandOptions {
  /** The folder that it runs in. */
  readonly cwd?: string;
  /** Variables of its environment besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    ...options,
  }).output();
  const text = new TextDecoder();
  return {
    ok: success,
    stdout: text.decode(stdout),
    stderr: text.decode(stderr),
  };
}

/**
 * Runs a command and gives what it prints.
 *
 * @throws {Error} with all that it printed where it fails
 */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { ok, stdout, stderr } = await runCommand(command, args, options);
  if (ok) return stdout;
  throw new Error(
    `Cannot run ${command} ${args.join(" ")}: ${stdout}${stderr}`,
  );
}
