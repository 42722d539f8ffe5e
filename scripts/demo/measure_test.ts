import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
} from "@std/assert";
import { interpreter } from "@rockpool/kernel";
import { largestDifference, measure } from "./measure.ts";
import { outputsOf, showings } from "./showings.ts";

/** Wider than the longest shift of its colours. */
const shape = [1, 3, 16, 57];
const photo = {
  shape,
  data: Float32Array.from({ length: 2736 }, (_, at) => (at * 37 % 101) / 100),
};

Deno.test("every operator can be shown on a photograph", async () => {
  using backend = interpreter();
  for (const showing of await showings(photo)) {
    const { y, first, median } = await measure(showing, backend);
    assertEquals(y, (await outputsOf(showing, backend)).y);
    const seen = showing.picture?.(y) ?? y;
    assertGreater(seen.data.length, 0);
    assert(seen.data.every(Number.isFinite), showing.op.name);
    assertGreater(first, 0);
    assertGreater(median, 0);
  }
});

Deno.test("largestDifference() shows a NaN that only one side has", () => {
  const one = { shape: [2], data: Float32Array.of(1, 2) };
  const other = { shape: [2], data: Float32Array.of(1, 2.5) };
  const none = { shape: [2], data: Float32Array.of(NaN, 2) };
  assertAlmostEquals(largestDifference(one, other), 0.5);
  assertEquals(largestDifference(one, one), 0);
  assertEquals(largestDifference(one, none), NaN);
});
