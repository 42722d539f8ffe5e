import { assert, assertEquals, assertThrows } from "@std/assert";
import { median, takeTurn, timeInTurns } from "./turns.ts";

Deno.test("median() is the middle of an odd number of numbers", () => {
  assertEquals(median([10, 9, 100]), 10);
});

Deno.test("median() is between the two middle ones of an even number", () => {
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("median() refuses no numbers", () => {
  assertThrows(() => median([]), RangeError, "no numbers");
});

Deno.test("timeInTurns() asks in turn and gives medians", async () => {
  const log: string[] = [];
  const participant = (name: string, times: number[]) => ({
    turn({ warm, calls }: { warm: number; calls: number }) {
      log.push(`${name}${warm}${calls}`);
      return Promise.resolve(times.shift()!);
    },
  });
  const times = await timeInTurns(
    [participant("A", [1, 9, 5]), participant("B", [7, 7, 8])],
    { repeats: 3, warm: 2, warmFor: 0, calls: 4, rest: 0 },
  );
  assertEquals(log.join(" "), "A24 B24 A24 B24 A24 B24");
  assertEquals(times, [5, 7]);
});

Deno.test("timeInTurns() leaves out who has had turns enough", async () => {
  const log: string[] = [];
  const turn = (name: string) => () => {
    log.push(name);
    return Promise.resolve(log.length);
  };
  const times = await timeInTurns(
    [{ turn: turn("A") }, { turn: turn("B"), turns: 1 }],
    { repeats: 3, warm: 0, warmFor: 0, calls: 1, rest: 0 },
  );
  assertEquals(log.join(""), "ABAA");
  assertEquals(times, [3, 2]);
});

Deno.test("takeTurn() calls without the clock, then with it", async () => {
  let calls = 0;
  const time = await takeTurn(() => {
    calls += 1;
  }, { warm: 2, warmFor: 0, calls: 3 });
  assertEquals(calls, 5);
  assert(time >= 0);
});

Deno.test("takeTurn() warms up for as long as it is told to", async () => {
  let last = 0;
  const start = performance.now();
  await takeTurn(() => {
    last = performance.now();
  }, { warm: 1, warmFor: 20, calls: 1 });
  assert(last - start >= 20);
});
