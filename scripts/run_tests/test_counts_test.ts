import { assertEquals } from "@std/assert";
import { closingLine } from "./run_tests.ts";

Deno.test("closingLine() counts tests, not their steps", () => {
  const summary = "ok | 12 passed (3 steps) | 0 failed (2s)\n";

  assertEquals(closingLine(summary), "12 passed, 0 failed");
});

Deno.test("closingLine() says how many tests were skipped", () => {
  const summary = "FAILED | 3 passed | 2 failed (1 step) | 1 ignored (40ms)\n";

  assertEquals(closingLine(summary), "3 passed, 2 failed, 1 skipped");
});

Deno.test("closingLine() sees through colours and other lines", () => {
  const output = "\x1b[0m\x1b[31mno\x1b[0m 7 passed\n\n" +
    "\x1b[0m\x1b[32mok\x1b[0m | 1 passed | 0 failed \x1b[0m\x1b[38;5;245m(9ms)";

  assertEquals(closingLine(output), "1 passed, 0 failed");
});

Deno.test("closingLine() takes the last summary, not one a test printed", () => {
  const output = "ok | 9 passed | 0 failed (1ms)\n" +
    "FAILED | 1 passed | 1 failed (1ms)\n";

  assertEquals(closingLine(output), "1 passed, 1 failed");
});

Deno.test("closingLine() gives nothing when there was no summary", () => {
  assertEquals(closingLine("error: Type checking failed.\n"), undefined);
});
