import { integerBelow } from "@rockpool/kernel";
import type { Grid } from "./plan.ts";

/**
 * Distinct positions of each grid, ascending: the start of a Fisher–Yates
 * shuffle, of which each subset is equally likely, by a random word for each
 * pick.
 */
export function drawPicks(
  grids: readonly Grid[],
  wordOf: (draw: number) => number,
): number[] {
  const drawn: number[] = [];
  for (const { start, positions, picks } of grids) {
    const list = Array.from({ length: positions }, (_, i) => start + i);
    const first = drawn.length;
    for (let i = 0; i < picks; i++) {
      const other = i + integerBelow(wordOf(first + i), positions - i);
      [list[i], list[other]] = [list[other], list[i]];
    }
    const picked = list.slice(0, picks).sort((a, b) => a - b);
    for (const position of picked) drawn.push(position);
  }
  return drawn;
}
