import { assertEquals } from "@std/assert";
import { inParallel } from "./in_parallel.ts";

Deno.test("inParallel() keeps so many busy, and the order of the results", async () => {
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const started: number[] = [];
  const results = inParallel([0, 1, 2, 3], async (item) => {
    started.push(item);
    await gates[item].promise;
    return 10 * item;
  }, 2);
  assertEquals(started, [0, 1]);
  gates[1].resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(started, [0, 1, 2]);
  for (const { resolve } of gates) resolve();
  assertEquals(await results, [0, 10, 20, 30]);
});
