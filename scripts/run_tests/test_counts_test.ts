import { assertEquals } from "@std/assert";
import { addCounts, closingLine, countTests } from "./test_counts.ts";

Deno.test("countTests() counts tests, not their steps", () => {
  const summary = "ok | 12 passed (3 steps) | 0 failed (2s)\n";

  assertEquals(countTests(summary), { passed: 12, failed: 0, skipped: 0 });
});

Deno.test("countTests() sees how many tests were skipped", () => {
  const summary = "FAILED | 3 passed | 2 failed (1 step) | 1 ignored (40ms)\n";

  assertEquals(countTests(summary), { passed: 3, failed: 2, skipped: 1 });
});

Deno.test("countTests() sees through colours and other lines", () => {
  const output = "\x1b[0m\x1b[31mno\x1b[0m 7 passed\n\n" +
    "\x1b[0m\x1b[32mok\x1b[0m | 1 passed | 0 failed \x1b[0m\x1b[38;5;245m(9ms)";

  assertEquals(countTests(output), { passed: 1, failed: 0, skipped: 0 });
});

Deno.test("countTests() takes the last summary, not one a test printed", () => {
  const output = "ok | 9 passed | 0 failed (1ms)\n" +
    "FAILED | 1 passed | 1 failed (1ms)\n";

  assertEquals(countTests(output), { passed: 1, failed: 1, skipped: 0 });
});

Deno.test("countTests() gives nothing when there was no summary", () => {
  assertEquals(countTests("error: Type checking failed.\n"), undefined);
});

Deno.test("addCounts() adds each of the counts", () => {
  const counts = addCounts(
    { passed: 1, failed: 2, skipped: 3 },
    { passed: 10, failed: 20, skipped: 30 },
  );

  assertEquals(counts, { passed: 11, failed: 22, skipped: 33 });
});

Deno.test("closingLine() mentions skipped tests where there are any", () => {
  const counts = { passed: 3, failed: 2, skipped: 0 };

  assertEquals(closingLine(counts), "3 passed, 2 failed");
  assertEquals(
    closingLine({ ...counts, skipped: 1 }),
    "3 passed, 2 failed, 1 skipped",
  );
});
