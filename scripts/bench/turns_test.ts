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

Deno.test("timeInTurns() opens, warms up, times and closes in turn", async () => {
  const log: string[] = [];
  const opener = (name: string, ms: number) => () => {
    log.push("(");
    return Promise.resolve({
      async run() {
        log.push(name);
        await new Promise((resolve) => setTimeout(resolve, ms));
      },
      [Symbol.asyncDispose]() {
        log.push(")");
        return Promise.resolve();
      },
    });
  };
  const times = await timeInTurns([opener("A", 1), opener("B", 40)], {
    repeats: 2,
    warm: 1,
    rest: 0,
  });
  assertEquals(log.join(""), "(AA)(BB)(AA)(BB)");
  assert(times[0] < times[1] && times[1] >= 39);
});
