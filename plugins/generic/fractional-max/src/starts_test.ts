import { assert, assertEquals } from "@std/assert";
import { pseudorandomBounds, randomBounds, torchStarts } from "./starts.ts";
import { randomWord, unitInterval } from "@rockpool/kernel";

Deno.test("torchStarts() gives the worked examples", () => {
  const axis = { length: 7, windows: 4, size: 2 };
  assertEquals([...torchStarts(axis, 0.25)], [0, 2, 3, 5]);
  assertEquals([...torchStarts(axis, 0.75)], [0, 1, 3, 5]);
});

Deno.test("torchStarts() puts a single window at the end", () => {
  assertEquals([...torchStarts({ length: 7, windows: 1, size: 3 }, 0.5)], [4]);
});

Deno.test("torchStarts() leaves no gap where as many windows fit as can", () => {
  const axis = { length: 5, windows: 4, size: 2 };
  assertEquals([...torchStarts(axis, 0.9)], [0, 1, 2, 3]);
});

Deno.test("torchStarts() rounds to float32 as PyTorch does", () => {
  // (1 + u) α is 3, but less in double precision.
  const axis = { length: 8, windows: 5, size: 2 };
  const u = 1 - 2 ** -24;
  assertEquals([...torchStarts(axis, u)], [0, 2, 3, 5, 6]);
});

Deno.test("pseudorandomBounds() gives the worked examples", () => {
  const windows = { windows: 5, u: 0.3 };
  assertEquals(pseudorandomBounds(7, windows), [0, 1, 3, 4, 6, 7]);
  assertEquals(pseudorandomBounds(6, windows), [0, 1, 2, 3, 5, 6]);
});

Deno.test("pseudorandomBounds() have steps of ⌊α⌋ or ⌊α⌋ + 1", () => {
  for (const [total, windows] of [[10, 3], [11, 4], [97, 60], [8, 8]]) {
    for (let draw = 0; draw < 200; draw++) {
      const u = unitInterval(randomWord({ seed: 1, stream: 0 }, 0, draw));
      const bounds = pseudorandomBounds(total, { windows, u });
      const base = Math.floor(total / windows);
      assertEquals([bounds[0], bounds[windows]], [0, total]);
      for (let i = 0; i < windows; i++) {
        const more = bounds[i + 1] - bounds[i] - base;
        assert(more === 0 || more === 1, `${total} in ${windows}, u ${u}`);
      }
    }
  }
});

Deno.test("randomBounds() gives the worked example", () => {
  const wordOf = (i: number) => randomWord({ seed: 42, stream: 0 }, 0x28, i);
  const bounds = randomBounds(10, { windows: 6, wordOf });
  assertEquals(bounds, [0, 1, 2, 4, 6, 8, 10]);
});
