import { assertEquals } from "@std/assert";
import { constant, leaf, select, withGradientOf } from "./expression.ts";
import { interpret } from "./interpret.ts";
import { interpretWindow } from "./interpret_window.ts";
import { fold } from "./fold.ts";
import { makeProgram } from "./program.ts";
import { slide } from "./slide.ts";
import { tables } from "./tables.ts";
import { randomWord, unitInterval } from "./threefry.ts";
import { type Formula, windowKernel } from "./window_kernel.ts";

/** The value of a formula over a window of these elements. */
function valueOf(formula: Formula, x: number[]): number {
  return interpretWindow(windowKernel("k", ["x"], formula), { x }).y;
}

const values: [what: string, formula: Formula, x: number[], y: number][] = [
  ["max takes the greatest", ({ x }, f) => f.max(x), [1, 3, 2], 3],
  ["max is NaN where any is", ({ x }, f) => f.max(x), [NaN, 3], NaN],
  ["max may be −∞", ({ x }, f) => f.max(x), [-Infinity], -Infinity],
  ["min takes the smallest", ({ x }, f) => f.min(x), [2, 1, 3], 1],
  ["argmax takes the first of equals", ({ x }, f) => f.argmax(x), [1, 3, 3], 1],
  ["argmax takes the last NaN", ({ x }, f) => f.argmax(x), [
    1,
    NaN,
    3,
    NaN,
  ], 3],
  [
    "argmax of −∞ is the first",
    ({ x }, f) => f.argmax(x),
    [-Infinity, -Infinity],
    0,
  ],
  ["argmin takes the first of equals", ({ x }, f) => f.argmin(x), [3, 1, 1], 1],
  ["count counts", (_, f) => f.count(), [5, 5, 5], 3],
  ["floor goes down", ({ x }, f) => f.sum(x.floor()), [-1.5, 2.5], 0],
  ["sign of zero is zero", ({ x }, f) => f.sum(x.sign()), [0, -3, -4], -2],
  ["a power of a negative is NaN", ({ x }, f) => f.sum(x.pow(0.5)), [-1], NaN],
  [
    "a choice ignores the other branch",
    ({ x }, f) => f.sum(select(x.lt(0), 1, x.log())),
    [-1, -1],
    2,
  ],
  [
    "conditions combine",
    ({ x }, f) =>
      f.sum(select(x.gt(0).and(x.lt(3)).or(x.isNaN().not().not()), 1, 0)),
    [0, 1, 2, 3, NaN],
    3,
  ],
  [
    "withGradientOf has the first value",
    ({ x }, f) => f.sum(withGradientOf(x.mul(2), x)),
    [1, 2],
    6,
  ],
];
for (const [what, formula, x, y] of values) {
  Deno.test(`in a formula ${what}`, () => {
    assertEquals(valueOf(formula, x), y);
  });
}

/** Runs one expression over tensor x. */
function run(
  expression: Parameters<typeof fold.sum>[0] & object,
  geometry: ReturnType<typeof slide>,
  kind: "window" | "gather" = "window",
): number[] {
  const program = makeProgram(kind, "test", [{ name: "y", value: expression }]);
  const x = Array.from({ length: 100 }, (_, index) => index);
  const stream = { seed: 42, stream: 3 };
  return [...interpret(program, geometry, { tensors: { x }, stream }).y];
}

const x = leaf("element", "x");

Deno.test("what lies outside the input is no part of a window", () => {
  const windows = slide([1, 1, 3], { kernelSize: [2], padding: [1] });
  assertEquals(run(fold.count(), windows), [1, 2]);
  assertEquals(run(fold.count("padded"), windows), [2, 2]);
  assertEquals(run(fold.sum(x), windows), [0, 3]);
});

Deno.test("an empty window sums to 0, and its greatest is −∞ at −1", () => {
  const windows = tables([1, 3], {
    tables: [{ starts: [0, 2], counts: [2, 0] }],
  });
  assertEquals(run(fold.sum(x), windows), [1, 0]);
  assertEquals(run(fold.max(x), windows), [1, -Infinity]);
  assertEquals(run(fold.min(x), windows), [0, Infinity]);
  assertEquals(run(fold.argmax(x), windows), [1, -1]);
});

Deno.test("positions count inside a plane, taps inside a window", () => {
  const windows = slide([1, 2, 2, 3], { kernelSize: 2, stride: 1 });
  assertEquals(run(fold.argmax(x), windows), [4, 5, 4, 5]);
  const tap = leaf("tapIndex");
  assertEquals(run(fold.max(tap), windows), [3, 3, 3, 3]);
  const corner = slide([1, 1, 2, 2], { kernelSize: 2, padding: 1, stride: 2 });
  // Only the last tap of the first window lies inside.
  assertEquals(run(fold.sum(tap), corner), [3, 2, 1, 0]);
});

Deno.test("a gather sums over the windows that hold an element", () => {
  const windows = slide([1, 1, 4], { kernelSize: [2], stride: 1 });
  assertEquals(run(constant(1), windows, "gather"), [1, 2, 2, 1]);
  assertEquals(run(leaf("tapIndex"), windows, "gather"), [0, 1, 1, 1]);
});

Deno.test("channels last read the same windows as channels first", () => {
  // Two channels: even and odd numbers.
  const windows = slide([1, 4, 2], { kernelSize: [2], layout: "NHWC" });
  assertEquals(run(fold.sum(x), windows), [2, 4, 10, 12]);
  assertEquals(run(fold.argmax(x), windows), [1, 1, 3, 3]);
});

Deno.test("random numbers are counted as if channels came first", () => {
  const windowRandom = windowKernel(
    "r",
    ["x"],
    (_, __, builtins) => builtins.windowRandom(5),
  ).outputs.y;
  const draw = (index: number) =>
    unitInterval(randomWord({ seed: 42, stream: 3 }, 5, index));
  const first = slide([1, 2, 4], { axes: 1, kernelSize: 2 });
  assertEquals(run(windowRandom, first), [draw(0), draw(1), draw(2), draw(3)]);
  const last = slide([1, 4, 2], { axes: 1, kernelSize: 2, layout: "NHWC" });
  assertEquals(run(windowRandom, last), [draw(0), draw(2), draw(1), draw(3)]);
});

Deno.test("random numbers of elements are counted by window and tap", () => {
  const largest = windowKernel(
    "r",
    ["x"],
    (_, f, builtins) => f.sum(builtins.elementRandom(1)),
  ).outputs.y;
  const draw = (index: number) =>
    unitInterval(randomWord({ seed: 42, stream: 3 }, 1, index));
  const windows = slide([1, 1, 4], { kernelSize: [2] });
  assertEquals(run(largest, windows), [draw(0) + draw(1), draw(2) + draw(3)]);
});
