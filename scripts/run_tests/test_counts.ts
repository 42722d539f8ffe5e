/** How many tests passed, failed and were skipped; steps are not counted. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The counts of no tests. */
export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 };

/**
 * What the summary of `deno test` counts; undefined if the output has none,
 * such as after a crash.
 */
export function countTests(output: string): TestCounts | undefined {
  // deno-lint-ignore no-control-regex -- colours of the terminal
  const plain = output.replace(/\x1b\[\d+(;\d+)*m/g, "");
  const summary = plain.match(/^(ok|FAILED) \| \d+ passed.*$/gm)?.at(-1);
  if (summary === undefined) return undefined;
  const count = (what: string) =>
    Number(summary.match(`(\\d+) ${what}`)?.[1] ?? 0);
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("ignored"),
  };
}

/** The tests of two runs. */
export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** The counts as the line that closes a run. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed` +
    (skipped > 0 ? `, ${skipped} skipped` : "");
}
