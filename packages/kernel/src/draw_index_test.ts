import { assertEquals, assertThrows } from "@std/assert";
import { drawIndex } from "./draw_index.ts";
import { fold } from "./fold.ts";
import { integer, leaf } from "./expression.ts";
import { interpreter, type InterpreterValue } from "./interpreter.ts";
import { interpretWindow } from "./interpret_window.ts";
import { slide } from "./slide.ts";
import { randomWord } from "./threefry.ts";
import { windowKernel } from "./window_kernel.ts";

const SLOT = 1;
const SEED = 42;
const kernel = windowKernel("draw", ["x"], ({ x }, _, { windowWord }) => ({
  at: drawIndex(x, windowWord(SLOT)),
}));

/** Draws from each row of weights. */
function draw(rows: readonly number[][], seed = SEED): number[] {
  using session = interpreter().session({ seed });
  const shape = [1, rows.length, rows[0].length];
  const x = session.upload({ shape, data: Float32Array.from(rows.flat()) });
  const windows = slide(shape, { kernelSize: [shape[2]] });
  const { at } = session.window(kernel, { values: { x } }, windows);
  return [...(at as InterpreterValue).data];
}

/** The same in integers of arbitrary size, bit by bit. */
function expectedDraw(weights: readonly number[], index: number): number {
  const words = new Uint32Array(
    Float32Array.from(weights, (w) => w > 0 ? w : 0).buffer,
  );
  const bits = Math.min(24, 32 - Math.ceil(Math.log2(weights.length)));
  const greatest = words.reduce((a, b) => Math.max(a, b));
  const lots = Array.from(words, (word) => {
    if (greatest === 0x7f800000) return word === greatest ? 1n : 0n;
    const mantissa = BigInt((word & 0x7fffff) | 0x800000);
    const shift = 24 - bits + (greatest >>> 23) - (word >>> 23);
    return word >>> 23 === 0 ? 0n : mantissa >> BigInt(shift);
  });
  const sum = lots.reduce((a, b) => a + b);
  const word = randomWord({ seed: SEED, stream: 0 }, SLOT, index);
  const above = (BigInt(word) * sum) >> 32n;
  let running = 0n;
  return lots.findIndex((lot) => (running += lot) > above);
}

/** Numbers of very different size, in no order. */
function weightsOf(count: number, phase: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => Math.exp(12 * Math.sin(phase + i * i * 0.7)) * (i % 5 - 0.5),
  );
}

for (const count of [1, 2, 3, 4, 5, 31, 256, 257, 4096, 4097, 65536]) {
  Deno.test(`drawIndex() of ${count} weights is the draw in exact integers`, () => {
    const rows = Array.from({ length: 6 }, (_, row) => weightsOf(count, row));
    assertEquals(draw(rows), rows.map(expectedDraw));
  });
}

const words: [word: number, drawn: number][] = [
  [0, 0],
  [0x66666666, 0],
  [0x70000000, 2],
  [0x80000000, 3],
  [0xffffffff, 3],
];
for (const [word, drawn] of words) {
  Deno.test(`drawIndex() of [1.6, 0, 0.4, 2] by ${word.toString(16)} draws ${drawn}`, () => {
    const fixed = windowKernel("fixed", ["x"], ({ x }) => ({
      at: drawIndex(x, integer(word | 0)),
    }));
    const x = [...Float32Array.of(1.6, 0, 0.4, 2)];
    assertEquals(interpretWindow(fixed, { x }).at, drawn);
  });
}

const cases: [what: string, weights: number[], drawn: readonly number[]][] = [
  ["no weight", [0, -1, -0, -Infinity], [-1]],
  ["numbers below the normal ones", [1e-39, 2e-40], [-1]],
  ["one weight", [0, 0, 5, NaN], [2]],
  ["infinite ones", [1e30, Infinity, 1, Infinity], [1, 3]],
  ["the greatest number", [3.4e38, 1e-20], [0]],
];
for (const [what, weights, drawn] of cases) {
  Deno.test(`drawIndex() with ${what} draws ${drawn.join(" or ")}`, () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const found = new Set(seeds.map((seed) => draw([weights], seed)[0]));
    assertEquals([...found].sort(), [...drawn]);
  });
}

Deno.test("fold.pick() needs a threshold that is the same for every element", () => {
  const position = leaf("position");
  assertThrows(() => fold.pick(position, position), TypeError, "Cannot pick");
});
