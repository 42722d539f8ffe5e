import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { validateOptions } from "@rockpool/core";
import { pickProbabilities, pickRows } from "./expectation.ts";
import { s3Options } from "./options.ts";
import { planOf } from "./plan.ts";

/** C(n, k) where it is exact. */
function binomial(n: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product = product * (n - i) / (i + 1);
  return k < 0 || k > n ? 0 : Math.round(product);
}

Deno.test("pickProbabilities() gives the worked example", () => {
  const grid = { positions: 4, picks: 2 };
  const close = (got: Float64Array, want: number[]) =>
    want.forEach((p, r) => assertAlmostEquals(got[r], p, 1e-15));
  close(pickProbabilities(grid, 0), [1 / 2, 1 / 3, 1 / 6, 0]);
  close(pickProbabilities(grid, 1), [0, 1 / 6, 1 / 3, 1 / 2]);
});

Deno.test("pickProbabilities() is the quotient of binomials", () => {
  for (let positions = 1; positions <= 12; positions++) {
    for (let picks = 1; picks <= positions; picks++) {
      for (let k = 0; k < picks; k++) {
        const shares = pickProbabilities({ positions, picks }, k);
        shares.forEach((share, r) => {
          const ways = binomial(r, k) *
            binomial(positions - 1 - r, picks - 1 - k);
          const all = binomial(positions, picks);
          assertAlmostEquals(share, ways / all, 1e-14, `${positions} ${picks}`);
        });
      }
    }
  }
});

Deno.test("pickProbabilities() stays exact where binomials leave the numbers", () => {
  for (const [positions, picks] of [[300, 150], [5000, 2500], [5000, 10]]) {
    for (const k of [0, picks >> 1, picks - 1]) {
      const shares = pickProbabilities({ positions, picks }, k);
      const mean = shares.reduce((sum, share, r) => sum + share * r, 0);
      // The mean of the k-th smallest, from 0.
      const expected = (k + 1) * (positions + 1) / (picks + 1) - 1;
      assertAlmostEquals(mean / expected, 1, 1e-12);
    }
  }
});

Deno.test("pickRows() has the positions that each pick of a grid can be", () => {
  const options = validateOptions(s3Options, { stride: [2], gridSize: [4] });
  const { axes: [axis] } = planOf([1, 7], options);
  assertEquals(pickRows(axis), {
    offsets: Int32Array.of(0, 3, 6, 9),
    entries: Int32Array.of(0, 1, 2, 1, 2, 3, 4, 5, 6),
    weights: Float32Array.from(
      [[1 / 2, 1 / 3, 1 / 6], [1 / 6, 1 / 3, 1 / 2], [1 / 3, 1 / 3, 1 / 3]]
        .flat(),
    ),
  });
});

Deno.test("pickRows() leaves no pick without a share, however unlikely", () => {
  const options = validateOptions(s3Options, { stride: [2], gridSize: [3000] });
  const { axes: [axis] } = planOf([1, 3000], options);
  const { weights } = pickRows(axis);
  assert(weights.every((share) => share > 0 && share <= 1));
  assert(weights.includes(2 ** -126));
});
