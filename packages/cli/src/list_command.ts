import { parseArguments, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describeFlags } from "./help.ts";
import { loadOperators } from "./operators.ts";
import { pluginFlag, takePlugins } from "./plugins.ts";
import { table } from "./table.ts";

/** `rockpool list`: the operators there are. */
export const list: Command = {
  usage: "list [flags]",
  summary: "name, category and summary of every operator",
  async run(args, { out }) {
    const { registry, rest } = await takePlugins(args);
    const { positionals } = parseArguments(rest, {});
    if (positionals.length > 0) {
      throw new UsageError(
        `"list" is followed by "${positionals[0]}", nothing is needed`,
      );
    }
    const operators = await loadOperators(registry);
    out(table(
      operators.map(({ name, category, summary }) => [name, category, summary]),
    ));
  },
  help: () => Promise.resolve(describeFlags(pluginFlag)),
};
