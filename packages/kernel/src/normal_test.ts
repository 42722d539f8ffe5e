import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { normal } from "./normal.ts";

Deno.test("normal() has the mean and the variance of normal numbers", () => {
  const count = 20001;
  const numbers = normal(count, { seed: 3, deviation: 0.5 });
  assertEquals(numbers.length, count);
  const moment = (power: number) =>
    numbers.reduce((sum, x) => sum + x ** power, 0) / count;
  assertAlmostEquals(moment(1), 0, 0.01);
  assertAlmostEquals(moment(2), 0.25, 0.01);
  assertAlmostEquals(moment(4), 3 / 16, 0.01);
});

Deno.test("normal() gives other numbers for other keys", () => {
  const keys = [{ seed: 1 }, { seed: 2 }, { seed: 1, stream: 1 }, {
    seed: 1,
    slot: 1,
  }];
  const drawn = keys.map((key) => normal(8, { ...key, deviation: 1 }));
  for (const [at, numbers] of drawn.entries()) {
    assertEquals(numbers, normal(8, { ...keys[at], deviation: 1 }));
    for (const other of drawn.slice(at + 1)) assertNotEquals(numbers, other);
  }
});
