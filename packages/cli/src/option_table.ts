/**
 * The options of an operator as a Markdown table.
 *
 * @module
 */
import { describeRule, type OptionRule, type OptionSpec } from "@rockpool/core";

/** The rows of an operator's table of options, the head first. */
export function optionRows(options: OptionSpec<object>): string[][] {
  const rows = Object.entries<OptionRule>({ ...options }).map(
    ([name, rule]) => [
      `\`${name}\``,
      describeRule(rule),
      Object.hasOwn(rule, "default") ? `\`${rule.default}\`` : "required",
      rule.help,
    ],
  );
  return [["option", "takes", "default", "meaning"], ...rows];
}

/** The heading above an operator's table of options. */
export function optionHeading(operator: string): string {
  return `## Options of \`${operator}\``;
}

/**
 * The table of an operator's options below its heading, as `deno fmt` has it.
 *
 * @example
 * ```ts
 * import { optionTable } from "@rockpool/cli/option-table";
 * import { soft } from "@rockpool/soft";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const table = optionTable("soft", soft.options);
 * assertStringIncludes(table, "| `temperature` | a number greater than 0 ");
 * ```
 */
export function optionTable(
  operator: string,
  options: OptionSpec<object>,
): string {
  const [head, ...rows] = optionRows(options);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length))
  );
  const line = (row: readonly string[], filler = " ") =>
    `| ${
      row.map((cell, column) => cell.padEnd(widths[column], filler)).join(" | ")
    } |`;
  const lines = [
    line(head),
    line(head.map(() => "-"), "-"),
    ...rows.map((row) => line(row)),
  ];
  return `${optionHeading(operator)}\n\n${lines.join("\n")}`;
}
