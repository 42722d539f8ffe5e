import { assert, assertEquals } from "@std/assert";
import { DATA_KINDS, makeTensor } from "./make_tensor.ts";
import { makeRandom } from "./random.ts";

for (const kind of DATA_KINDS) {
  Deno.test(`${kind} data is the same for the same seed`, () => {
    const make = (seed: number) =>
      makeTensor([5, 20], { random: makeRandom(seed), kind });
    assertEquals(make(1), make(1));
    assert(make(1).data.join() !== make(2).data.join());
  });
}

Deno.test("spread data differs everywhere, and a small step keeps it exact", () => {
  const { data } = makeTensor([30000], { random: makeRandom(1) });
  assertEquals(new Set(data).size, data.length);
  assert(data.every((x) => Math.abs(x) <= 4));
  assert(data.every((x) => Math.fround(x + 2 ** -14) - x === 2 ** -14));
});

Deno.test("tied data has equal neighbours", () => {
  const { data } = makeTensor([100], { random: makeRandom(1), kind: "ties" });
  assertEquals(new Set(data).size, 4);
});

Deno.test("non-finite data has NaN, both infinities, and numbers", () => {
  const { data } = makeTensor([200], {
    random: makeRandom(1),
    kind: "non-finite",
  });
  for (const special of [NaN, Infinity, -Infinity]) {
    assert(data.includes(special));
  }
  assert(data.filter(Number.isFinite).length > 100);
});
