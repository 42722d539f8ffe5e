import { type BenchRow, ratioOf, shareOf } from "./row.ts";

/** The share of the copy's speed that simple pooling of a large input is to reach. */
const LEAST_SHARE = 0.6;
const LARGE = "8×64×112×112";
const SIMPLE = ["max", "average", "global-average"];

/** Whether a row is held to the copy's speed, too. */
function isSimple({ case: name, op, direction }: BenchRow): boolean {
  return SIMPLE.includes(op) && name.includes(LARGE) && direction === "forward";
}

/** What rows fall short of, a line each, below how many meet all of it. */
export function summarise(rows: readonly BenchRow[]): string[] {
  const compared = rows.filter((row) => ratioOf(row) !== undefined);
  const short = compared.flatMap(shortfallOf);
  const met = compared.length - new Set(short.map(({ row }) => row)).size;
  const without = rows.length - compared.length;
  return [
    `${met} of ${compared.length} rows meet their targets${
      without > 0 ? `, ${without} have no peer` : ""
    }.`,
    ...short.map(({ row, text }) =>
      `${row.case}, ${row.direction}, threads: ${row.threads}: ${text}`
    ),
  ];
}

function shortfallOf(row: BenchRow): { row: BenchRow; text: string }[] {
  const short: { row: BenchRow; text: string }[] = [];
  const [ratio, share] = [ratioOf(row)!, shareOf(row)];
  if (row.target !== null && ratio < row.target) {
    short.push({ row, text: `${ratio.toFixed(2)}× of ≥ ${row.target}×` });
  }
  if (isSimple(row) && share < LEAST_SHARE) {
    const percent = (part: number) => `${Math.round(100 * part)} %`;
    const text = `${percent(share)} of the copy of ≥ ${percent(LEAST_SHARE)}`;
    short.push({ row, text });
  }
  return short;
}
