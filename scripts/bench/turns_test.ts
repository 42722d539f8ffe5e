import { assert, assertEquals, assertThrows } from "@std/assert";
import { median, timeInTurns } from "./turns.ts";

Deno.test("median() is the middle of an odd number of numbers", () => {
  assertEquals(median([10, 9, 100]), 10);
});

Deno.test("median() is between the two middle ones of an even number", () => {
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("median() refuses no numbers", () => {
  assertThrows(() => median([]), RangeError, "no numbers");
});

Deno.test("timeInTurns() calls in turn, once to warm up and once timed", async () => {
  const log: string[] = [];
  const call = (name: string, ms: number) => async () => {
    log.push(name);
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const times = await timeInTurns([call("A", 1), call("B", 40)], {
    repeats: 2,
    rest: 0,
  });
  assertEquals(log.join(""), "AABBAABB");
  assert(times[0] < times[1] && times[1] >= 39);
});
