import { assertEquals, assertMatch } from "@std/assert";
import { runChecks } from "./ok.ts";

Deno.test("runChecks() runs on after a failure and counts those that failed", async () => {
  const lines: string[] = [];

  const failed = await runChecks({
    bad: () => Promise.resolve("line 3 is wrong\n"),
    broken: () => Promise.reject(new Error("no deno here")),
    good: () => Promise.resolve(""),
  }, (line) => lines.push(line));

  assertEquals(failed, 2);
  assertEquals(lines.length, 5);
  assertMatch(lines[0], /^FAILED bad \(\d+\.\d s\)$/);
  assertEquals(lines[1], "line 3 is wrong");
  assertMatch(lines[2], /^FAILED broken /);
  assertEquals(lines[3], "Error: no deno here");
  assertMatch(lines[4], /^ok {5}good \(\d+\.\d s\)$/);
});
