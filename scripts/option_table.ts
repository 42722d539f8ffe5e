/**
 * `deno run -A scripts/option_table.ts soft`: the options of operators as the
 * Markdown tables of their READMEs.
 *
 * @module
 */
import { optionTable } from "@rockpool/cli/option-table";
import { loadOperator } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";

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

if (import.meta.main) {
  for (const name of Deno.args) {
    const op = await loadOperator(builtins, name as keyof typeof builtins);
    console.log(`${optionTable(name, op.options)}\n`);
  }
}
