import { assertEquals } from "@std/assert";
import { countSketch, signMatrix, type Which } from "./hashes.ts";

/** Signs as they are written: "−+". */
function written(signs: Float32Array): string {
  return Array.from(signs, (sign) => sign < 0 ? "−" : "+").join("");
}

const FIRST = "−+−+++";
const SECOND = "−−+++−";

for (
  const [seed, buckets, which, places, signs] of [
    [1, 16, 0, [1, 12, 15, 12, 5, 7], FIRST],
    [1, 16, 1, [9, 15, 6, 1, 13, 3], SECOND],
    [1, 8192, 0, [844, 6544, 7750, 6351, 2852, 3950], FIRST],
    [1, 8192, 1, [4670, 8153, 3180, 722, 6917, 1579], SECOND],
    [123456789, 8, 0, [0, 1, 6, 7, 4, 5], "−+++−+"],
    [123456789, 8, 1, [6, 3, 6, 0, 6, 6], "+−+++−"],
  ] as const
) {
  Deno.test(`countSketch() of seed ${seed} with ${buckets} buckets, table ${which}`, () => {
    const drawn = countSketch(6, { buckets, seed, which });
    assertEquals([...drawn.buckets], [...places]);
    assertEquals(written(drawn.signs), signs);
  });
}

Deno.test("signMatrix() of seed 1", () => {
  const of = (which: Which) => signMatrix([7, 10], { seed: 1, which });
  assertEquals(written(of(0).subarray(0, 20)), "−−++−++−−−−+−−+−+−++");
  assertEquals(written(of(1).subarray(0, 20)), "−++++−−+−−−+−−+−−+−+");
  assertEquals(written(of(0).subarray(60, 70)), "−−+−+−+−+−");
});

Deno.test("signMatrix() of a few rows begins as that of many", () => {
  const [few, many] = [3, 200].map((rows) =>
    signMatrix([rows, 5], { seed: 9, which: 1 })
  );
  assertEquals(many.subarray(0, few.length), few);
});
