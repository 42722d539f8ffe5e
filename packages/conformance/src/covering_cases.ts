import { type ConformanceCase, describeValue } from "./subject.ts";

/**
 * Some of the cases, in which every value of every option, every rank and
 * every kind of data that any case has is met at least once.
 */
export function coveringCases(
  cases: readonly ConformanceCase[],
): ConformanceCase[] {
  const open = new Set(cases.flatMap(traitsOf));
  const chosen: ConformanceCase[] = [];
  while (open.size > 0) {
    const news = cases.map((trial) =>
      traitsOf(trial).filter((trait) => open.has(trait)).length
    );
    const best = cases[news.indexOf(Math.max(...news))];
    chosen.push(best);
    for (const trait of traitsOf(best)) open.delete(trait);
  }
  return chosen;
}

function traitsOf({ shape, options, data }: ConformanceCase): string[] {
  const chosen = Object.entries(options)
    // What a tensor holds goes with the shape, which differs everywhere.
    .map(([name, value]) => `${name} ${describeValue(value, "a tensor")}`);
  return [`rank ${shape.length}`, `data ${data}`, ...chosen];
}
