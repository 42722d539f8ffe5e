import { parseArguments, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { loadBuiltins } from "./operators.ts";
import { table } from "./table.ts";

/** `rockpool list`: the operators there are. */
export const list: Command = {
  usage: "list",
  summary: "name, category and summary of every operator",
  async run(args, { out }) {
    const { positionals } = parseArguments(args, {});
    if (positionals.length > 0) {
      throw new UsageError(
        `"list" is followed by "${positionals[0]}", nothing is needed`,
      );
    }
    const operators = await loadBuiltins();
    out(table(
      operators.map(({ name, category, summary }) => [name, category, summary]),
    ));
  },
};
