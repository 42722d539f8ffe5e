import { assert, assertEquals } from "@std/assert";
import {
  integerBelow,
  randomWord,
  threefry,
  unitInterval,
} from "./threefry.ts";

const published: [[number, number], [number, number], [number, number]][] = [
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [
    0x1cb996fc,
    0xbb002be7,
  ]],
  [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [
    0xc4923a9c,
    0x483df7a0,
  ]],
];
for (const [key, counter, words] of published) {
  const name = [...key, ...counter].map((word) => word.toString(16)).join(" ");
  Deno.test(`threefry() gives the published words for ${name}`, () => {
    assertEquals(threefry(key, counter), words);
  });
}

const drawn: [slot: number, index: number, word: number][] = [
  [0x01, 0, 0xe6bdada3],
  [0x01, 5, 0x0dd81512],
  [0x02, 0, 0x4e83f1ba],
  [0x02, 1, 0xdec9b9e0],
  [0x02, 2, 0x944d0b48],
  [0x02, 3, 0x097c77eb],
];
for (const [slot, index, word] of drawn) {
  Deno.test(`slot ${slot} has the known word at index ${index}`, () => {
    assertEquals(randomWord({ seed: 42, stream: 0 }, slot, index), word);
  });
}

Deno.test("randomWord() depends on seed and stream", () => {
  const words = [[42, 0], [43, 0], [42, 1]].map(([seed, stream]) =>
    randomWord({ seed, stream }, 1, 0)
  );
  assertEquals(new Set(words).size, 3);
});

Deno.test("unitInterval() is at least 0, below 1 and exact in float32", () => {
  assertEquals(unitInterval(0), 0);
  assertEquals(unitInterval(0xff), 0);
  assertEquals(unitInterval(0x80000000), 0.5);
  const largest = unitInterval(0xffffffff);
  assert(largest < 1);
  assertEquals(Math.fround(largest), largest);
});

Deno.test("integerBelow() gives the upper word of the product", () => {
  const words = [0, 1, 0x9e3779b9, 0xffff0000, 0xffffffff];
  const limits = [1, 6, 0x10001, 0x9e3779b9, 0xffffffff];
  for (const word of words) {
    for (const limit of limits) {
      const upper = Number((BigInt(word) * BigInt(limit)) >> 32n);
      assertEquals(integerBelow(word, limit), upper, `${word} ${limit}`);
    }
  }
});
