import type { ReferenceCase } from "./cases.ts";
import type { CaseResult } from "./run_case.ts";

/**
 * What came of the cases, for people: each failing case, a line for each
 * operator and backend, and the line that counts them.
 */
export function report(
  results: readonly CaseResult[],
  cases: readonly ReferenceCase[],
): { lines: string[]; failed: boolean } {
  const count = (some: readonly CaseResult[], status: CaseResult["status"]) =>
    some.filter((result) => result.status === status).length;
  const lines: string[] = [];
  for (const { id, backend, status, faults } of results) {
    if (status !== "failed") continue;
    lines.push(`FAILED ${id} on ${backend}`);
    lines.push(...faults.map((fault) => `  ${fault}`));
  }
  const operators = new Set(cases.map(({ op }) => op));
  const backends = new Set(results.map(({ backend }) => backend));
  for (const op of operators) {
    for (const backend of backends) {
      const own = results.filter((result) =>
        result.backend === backend && result.id.startsWith(`${op}/`)
      );
      lines.push(
        count(own, "skipped") === own.length
          ? `${op} on ${backend}: skipped, not built`
          : `${op} on ${backend}: ${
            count(own, "passed")
          } of ${own.length} passed, largest error ${
            Math.max(...own.map(({ largest }) => largest)).toExponential(2)
          }`,
      );
    }
  }
  const failed = count(results, "failed");
  lines.push(
    `${count(results, "passed")} passed, ${failed} failed, ${
      count(results, "skipped")
    } skipped`,
  );
  return { lines, failed: failed > 0 };
}
