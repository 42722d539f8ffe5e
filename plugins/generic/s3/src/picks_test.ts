import { randomWord } from "@rockpool/kernel";
import { assert, assertEquals } from "@std/assert";
import { drawPicks } from "./picks.ts";

const four = { start: 0, positions: 4, picks: 2 };
const words = (slot: number, seed = 42) => (draw: number) =>
  randomWord({ seed, stream: 0 }, slot, draw);

Deno.test("drawPicks() gives the worked draws of rows and columns", () => {
  const drawn = [0x10, 0x11].map((slot) => [0, 1].map(words(slot)));
  assertEquals(drawn, [[0xe01966e2, 0x5f9a5611], [0x8f971a55, 0xfbb97f14]]);
  assertEquals(drawPicks([four], words(0x10)), [2, 3]);
  assertEquals(drawPicks([four], words(0x11)), [2, 3]);
});

Deno.test("drawPicks() numbers its draws over all grids, of each as many as it picks", () => {
  const asked: number[] = [];
  const grids = [
    { start: 0, positions: 4, picks: 2 },
    { start: 4, positions: 4, picks: 3 },
    { start: 8, positions: 1, picks: 0 },
    { start: 9, positions: 2, picks: 1 },
  ];
  const picks = drawPicks(grids, (draw) => {
    asked.push(draw);
    return 0xffffffff;
  });
  assertEquals(asked, [0, 1, 2, 3, 4, 5]);
  // The largest word always takes the last that is left: 3 of 0 1 2 3, then
  // 0 of 1 2 0, which came to its place.
  assertEquals(picks, [0, 3, 4, 5, 7, 10]);
});

Deno.test("drawPicks() takes all of a grid where it picks as many as there are", () => {
  const grids = [{ start: 3, positions: 5, picks: 5 }];
  assertEquals(drawPicks(grids, words(0x10)), [3, 4, 5, 6, 7]);
});

/** What χ² with this many degrees of freedom exceeds once in a thousand times. */
const CHI_SQUARED: Readonly<Record<number, number>> = {
  5: 20.52,
  7: 24.32,
  8: 26.12,
  9: 27.88,
};
const drawn: [name: string, grids: typeof four[], ways: number][] = [
  ["two of four", [four], 6],
  ["one of eight", [{ start: 0, positions: 8, picks: 1 }], 8],
  ["three of five", [{ start: 0, positions: 5, picks: 3 }], 10],
  ["one of three in two grids", [
    { start: 0, positions: 3, picks: 1 },
    { start: 3, positions: 3, picks: 1 },
  ], 9],
];
for (const [name, grids, ways] of drawn) {
  Deno.test(`drawPicks() draws ${name} equally often in each way`, () => {
    const expected = 1000;
    const counts: Record<string, number> = {};
    for (let seed = 0; seed < expected * ways; seed++) {
      const way = drawPicks(grids, words(0x10, seed)).join();
      counts[way] = (counts[way] ?? 0) + 1;
    }
    assertEquals(Object.keys(counts).length, ways);
    const chiSquared = Object.values(counts)
      .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    assert(chiSquared < CHI_SQUARED[ways - 1], `χ² is ${chiSquared}`);
  });
}
