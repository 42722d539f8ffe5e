/**
 * `deno run -A scripts/option_table.ts soft`: the options of operators as the
 * Markdown tables of their READMEs.
 *
 * @module
 */
import {
  describeRule,
  loadOperator,
  type OptionRule,
  type OptionSpec,
} from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";

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

/** The rows of the first Markdown table after a heading. */
export function readRows(markdown: string, heading: string): string[][] {
  const lines = markdown.split("\n");
  const start = lines.indexOf(heading) + 1;
  const first = lines.findIndex((line, at) => at >= start && line[0] === "|");
  if (start === 0 || first < 0) return [];
  const last = lines.findIndex((line, at) => at > first && line[0] !== "|");
  return lines.slice(first, last)
    .filter((line) => !/^\|[ |-]+$/.test(line))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** The heading above an operator's table of options. */
export function optionHeading(operator: string): string {
  return `## Options of \`${operator}\``;
}

if (import.meta.main) {
  for (const name of Deno.args) {
    const op = await loadOperator(builtins, name as keyof typeof builtins);
    const [head, ...rows] = optionRows(op.options);
    const lines = [head, head.map(() => "---"), ...rows]
      .map((row) => `| ${row.join(" | ")} |`);
    console.log(`${optionHeading(name)}\n\n${lines.join("\n")}\n`);
  }
}
