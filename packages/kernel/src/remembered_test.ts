import { assert, assertEquals, assertThrows } from "@std/assert";
import { frozenContents, Remembered, sameContents } from "./remembered.ts";

function squares(limit: number) {
  let made = 0;
  const known = new Remembered<{ root: number }, number>(
    limit,
    ({ root }, asked) => root === asked,
  );
  const get = (root: number) => {
    const found = known.find(root, undefined);
    if (found) return found;
    made += 1;
    return known.add({ root });
  };
  return { get, made: () => made };
}

Deno.test("Remembered finds what is asked for in turns", () => {
  const { get, made } = squares(3);
  const first = [1, 2, 3].map(get);
  for (let i = 0; i < 4; i++) assertEquals([1, 2, 3].map(get), first);
  assertEquals(made(), 3);
});

Deno.test("Remembered forgets the oldest, and no more than it must", () => {
  const { get, made } = squares(3);
  [1, 2, 3, 4].forEach(get);
  [2, 3, 4].forEach(get);
  assertEquals(made(), 4);
  get(1);
  assertEquals(made(), 5);
  [3, 4, 1].forEach(get);
  assertEquals(made(), 5);
});

Deno.test("sameContents() looks into lists, and tells 0 from −0", () => {
  assert(sameContents([1, [2, "a"], null], [1, [2, "a"], null]));
  assert(sameContents(NaN, NaN));
  for (const other of [[1, 2], [1, [2, 3], 4], [1, [2]], 1, null, "1"]) {
    assert(!sameContents([1, [2, 3]], other));
  }
  assert(!sameContents(0, -0));
  assert(!sameContents(undefined, null));
});

Deno.test("frozenContents() is a copy that nobody can change", () => {
  const given = [1, [2, 3]];
  const frozen = frozenContents(given);
  (given[1] as number[])[0] = 9;
  assertEquals(frozen, [1, [2, 3]]);
  assertThrows(() => (frozen[1] as number[]).push(4), TypeError);
});
