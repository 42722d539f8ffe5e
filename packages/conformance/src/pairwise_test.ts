import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { type Choice, pairwise } from "./pairwise.ts";
import { makeRandom } from "./random.ts";

/** All choices there are. */
function product(levels: readonly number[]): number[][] {
  return levels.reduce<number[][]>(
    (all, count) =>
      all.flatMap((choice) =>
        Array.from({ length: count }, (_, level) => [...choice, level])
      ),
    [[]],
  );
}

function pairsOf(choice: Choice): string[] {
  return choice.flatMap((level, factor) =>
    choice.slice(factor + 1).map((other, at) =>
      [factor, level, factor + 1 + at, other].join()
    )
  );
}

Deno.test("pairwise() holds every pair that an accepted choice holds", () => {
  const levels = fc.array(fc.integer({ min: 1, max: 3 }), {
    minLength: 2,
    maxLength: 4,
  });
  fc.assert(
    fc.property(levels, fc.nat(4), (counts, limit) => {
      const accepts = (choice: Choice) =>
        choice.reduce((sum, level) => sum + level, 0) <= limit;
      const chosen = pairwise(counts, { random: makeRandom(1), accepts });
      assert(chosen.every(accepts));
      const possible = product(counts).filter(accepts).flatMap(pairsOf);
      const held = new Set(chosen.flatMap(pairsOf));
      assertEquals([...new Set(possible)].sort(), [...held].sort());
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("pairwise() needs far fewer choices than there are", () => {
  const levels = [3, 3, 3, 3, 3, 3];
  const chosen = pairwise(levels, {
    random: makeRandom(1),
    accepts: () => true,
  });
  assertLess(chosen.length, 25);
});
