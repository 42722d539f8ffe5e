/**
 * Tables of options in Markdown.
 *
 * @module
 */

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
