import { type BenchRow, ratioOf, shareOf } from "./row.ts";

/** Libraries that the machine does not have. */
export interface TableOptions {
  readonly absent?: readonly string[];
}

/** Rows as the cells of a table, the head first. */
export function benchTable(
  rows: readonly BenchRow[],
  { absent = [] }: TableOptions = {},
): string[][] {
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
  return [head, ...rows.map((row) => cellsOf(row, peers, absent))];
}

function cellsOf(
  row: BenchRow,
  peers: readonly string[],
  absent: readonly string[],
): string[] {
  const ratio = ratioOf(row);
  const ofPeer = (name: string) => {
    const time = row.peers[name];
    if (typeof time === "number") return milliseconds(time);
    return absent.includes(name) ? "not found" : "lacking";
  };
  return [
    row.case,
    row.direction,
    `${row.threads}`,
    milliseconds(row.ours_ms),
    ...peers.map(ofPeer),
    ratio === undefined ? "" : `${ratio.toFixed(2)}×`,
    row.target === null ? "" : `≥ ${row.target}×`,
    milliseconds(row.limit_ms),
    `${Math.round(100 * shareOf(row))} %`,
  ];
}

/** Calls take from microseconds to seconds. */
function milliseconds(time: number): string {
  return time.toFixed(time < 0.1 ? 4 : 2);
}

/** Cells as a table in Markdown, the first row as its head. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const [head, ...rows] = cells;
  return [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`).join("\n");
}
