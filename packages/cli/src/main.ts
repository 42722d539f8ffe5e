import { didYouMean } from "@rockpool/core";
import { UsageError } from "./arguments.ts";
import type { Command, Streams } from "./command.ts";
import { info } from "./info_command.ts";
import { list } from "./list_command.ts";
import { newPackage } from "./new_command.ts";
import { run } from "./run_command.ts";
import { table } from "./table.ts";

const commands: Readonly<Record<string, Command>> = {
  list,
  info,
  run,
  new: newPackage,
};

const terminal: Streams = {
  out: (text) => console.log(text),
  err: (text) => console.error(text),
};

/**
 * Runs the command line `rockpool` with its arguments.
 *
 * @returns the exit code: 0, or 2 where the user has to correct something, or
 * 1 for any other failure; then one line on `err` says what is wrong
 */
export async function main(
  args: readonly string[],
  streams: Streams = terminal,
): Promise<number> {
  try {
    await dispatch(args, streams);
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    streams.err(`rockpool: ${message.replaceAll(/\s*\n\s*/g, " ")}`);
    if (!(error instanceof UsageError)) return 1;
    if (error.excerpt !== undefined) streams.err(error.excerpt);
    return 2;
  }
}

async function dispatch(
  [name, ...rest]: readonly string[],
  streams: Streams,
): Promise<void> {
  if (name === "--help" || name === "-h") return streams.out(overview());
  if (name === undefined) {
    throw new UsageError(
      `A command is missing: ${
        Object.keys(commands).join(", ")
      } or --help is needed`,
    );
  }
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(
      `There is no command "${name}"${didYouMean(name, Object.keys(commands))}`,
    );
  }
  const command = commands[name];
  if (rest.includes("--help") || rest.includes("-h")) {
    return streams.out(await helpOf(command, rest));
  }
  await command.run(rest, streams);
}

function overview(): string {
  const rows = Object.values(commands)
    .map(({ usage, summary }) => [`  rockpool ${usage}`, summary]);
  return [
    "Pooling operators on CPU and GPU",
    table(rows),
    "rockpool <command> --help and rockpool run <operator> --help say more",
  ].join("\n\n");
}

async function helpOf(
  { usage, summary, help }: Command,
  args: readonly string[],
): Promise<string> {
  const head = `rockpool ${usage}: ${summary}`;
  return help ? `${head}\n\n${await help(args)}` : head;
}
