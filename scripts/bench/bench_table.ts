import { type BenchRow, ratioOf, shareOf } from "./row.ts";

/** Rows as the cells of a table, the head first. */
export function benchTable(rows: readonly BenchRow[]): string[][] {
  const peers = [...new Set(rows.flatMap(({ peers }) => Object.keys(peers)))];
  const head = [
    "case",
    "direction",
    "threads",
    "ours, ms",
    ...peers.map((name) => `${name}, ms`),
    "ratio",
    "target",
    "copy, ms",
    "share of copy",
  ];
  return [head, ...rows.map((row) => cellsOf(row, peers))];
}

function cellsOf(row: BenchRow, peers: readonly string[]): string[] {
  const ratio = ratioOf(row);
  return [
    row.case,
    row.direction,
    `${row.threads}`,
    row.ours_ms.toFixed(2),
    ...peers.map((name) => row.peers[name]?.toFixed(2) ?? "lacking"),
    ratio === undefined ? "" : `${ratio.toFixed(2)}×`,
    row.target === null ? "" : `≥ ${row.target}×`,
    row.limit_ms.toFixed(2),
    `${Math.round(100 * shareOf(row))} %`,
  ];
}

/** Cells as a table in Markdown, the first row as its head. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const [head, ...rows] = cells;
  return [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`).join("\n");
}
