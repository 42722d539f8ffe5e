import type { Direction } from "./bench_case.ts";

/** What was measured of a case; times are medians in milliseconds. */
export interface BenchRow {
  readonly case: string;
  readonly op: string;
  readonly direction: Direction;
  readonly threads: number;
  readonly ours_ms: number;
  /** The time of each peer; null where it lacks the case, or is not there. */
  readonly peers: Readonly<Record<string, number | null>>;
  /** Copying the same bytes. */
  readonly limit_ms: number;
  /** How many times as fast as the fastest peer Rockpool is to be. */
  readonly target: number | null;
}

/** The time of the fastest peer over ours; undefined where no peer has it. */
export function ratioOf({ ours_ms, peers }: BenchRow): number | undefined {
  const times = Object.values(peers).filter((time) => time !== null);
  return times.length > 0 ? Math.min(...times) / ours_ms : undefined;
}

/** How much of the speed of a copy Rockpool reaches; 1 is all of it. */
export function shareOf({ ours_ms, limit_ms }: BenchRow): number {
  return limit_ms / ours_ms;
}

/** Rows of a run in the place of those of the same work among earlier ones. */
export function mergeRows(
  earlier: readonly BenchRow[],
  rows: readonly BenchRow[],
): BenchRow[] {
  const work = (row: BenchRow) =>
    [row.threads, row.case, row.direction].join("\n");
  const merged = new Map(earlier.map((row) => [work(row), row]));
  for (const row of rows) merged.set(work(row), row);
  return [...merged.values()];
}
