import { assertEquals } from "@std/assert";
import { Recent } from "./recent.ts";

Deno.test("Recent keeps what was asked for last", () => {
  const recent = new Recent<number>(2);
  let made = 0;
  const ask = (key: string) => recent.get(key, () => ++made);
  assertEquals(["a", "b", "a", "c", "a", "b"].map(ask), [1, 2, 1, 3, 1, 4]);
});
