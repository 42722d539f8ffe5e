import type { AnyPoolingOp } from "@rockpool/core";
import { type FlagSpec, parseArguments, UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { describeFlags } from "./help.ts";
import { chosenOperator } from "./operators.ts";
import { optionTable } from "./option_table.ts";
import { pluginFlag } from "./plugins.ts";
import { optionFlags } from "./run_flags.ts";
import { table } from "./table.ts";

const flags: FlagSpec = {
  markdown: {
    kind: "boolean",
    default: false,
    help: "the options as the table of a README",
  },
};

/** `rockpool info soft`: what an operator takes. */
export const info: Command = {
  usage: "info <operator> [flags]",
  summary: "inputs, weights and options of an operator",
  async run(args, { out }) {
    const { op, rest } = await chosenOperator(args, "info");
    const { positionals, values } = parseArguments(rest, flags);
    if (positionals.length > 0) {
      throw new UsageError(
        `"info ${op.name}" is followed by "${
          positionals[0]
        }", nothing more is needed`,
      );
    }
    out(
      values.markdown ? optionTable(op.name, op.options) : describeOperator(op),
    );
  },
  help: () => Promise.resolve(describeFlags({ ...pluginFlag, ...flags })),
};

/** An operator for people: its summary, its tensors and its options. */
export function describeOperator(op: AnyPoolingOp): string {
  const weights = op.weights
    ? "given by --weight.NAME, else as initialised; --json has their shapes"
    : "none";
  return [
    `${op.name} (${op.category}): ${op.summary}`,
    table([["Inputs", op.inputs.join(", ")], ["Weights", weights]]),
    `Options\n${describeFlags(optionFlags(op.options as FlagSpec))}`,
  ].join("\n\n");
}
