import { describeRule } from "@rockpool/core";
import type { FlagRule, FlagSpec } from "./arguments.ts";
import { table } from "./table.ts";

/** A line for each flag, and one for what it takes. */
export function describeFlags(flags: FlagSpec): string {
  return table(
    Object.entries(flags).flatMap(([name, rule]) => {
      const short = rule.short ? `-${rule.short}, ` : "";
      const no = rule.kind === "boolean" && rule.default === true
        ? "[no-]"
        : "";
      const value = describeValue(rule);
      const lines = [[`  ${short}--${no}${name}`, rule.help]];
      return value ? [...lines, ["", value]] : lines;
    }),
  );
}

/** What a flag takes: `an integer of at least 1; 1 by default`. */
function describeValue(rule: FlagRule): string {
  // A text's help says what it is, and a switch is given or not.
  if (rule.kind === "text" || rule.default === false) return "";
  const byDefault = Object.hasOwn(rule, "default")
    ? `${rule.default} by default`
    : "required";
  return `${describeRule(rule)}; ${byDefault}`;
}
