import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { interpret } from "./interpret.ts";
import { fold } from "./fold.ts";
import { leaf } from "./expression.ts";
import type { Geometry } from "./geometry.ts";
import { makeProgram } from "./program.ts";
import { adaptiveTable, type Table, tables } from "./tables.ts";

const SUM = makeProgram("window", "sum", [
  { name: "y", value: fold.sum(leaf("element", "x")) },
]);

/** The sums over windows of 1, 2, 3 and so on. */
function sums(windows: Geometry): number[] {
  const size = windows.inputShape.reduce((n, length) => n * length, 1);
  const x = Array.from({ length: size }, (_, index) => index + 1);
  return [...interpret(SUM, windows, { tensors: { x } }).y];
}

Deno.test("a table's windows begin and end where it says", () => {
  const table = { starts: [0, 1, 3], counts: [2, 3, 1] };
  assertEquals(sums(tables([1, 1, 4], { tables: [table] })), [3, 9, 4]);
});

Deno.test("a table's windows may skip elements", () => {
  const table = { starts: [0, 1], counts: [2, 2], dilation: 2 };
  assertEquals(sums(tables([1, 1, 4], { tables: [table] })), [4, 6]);
});

Deno.test("tables of two axes make rectangles", () => {
  const rows = { starts: [0, 1], counts: [1, 2] };
  const columns = { starts: [0], counts: [2] };
  assertEquals(sums(tables([1, 3, 3], { tables: [rows, columns] })), [3, 24]);
});

Deno.test("each plane may have windows of its own", () => {
  const table = { starts: [0, 1, 1, 1], counts: [1, 1, 1, 2] };
  const windows = tables([1, 2, 3], { tables: [table], per: "plane" });
  assertEquals(windows.outputShape, [1, 2, 2]);
  assertEquals(sums(windows), [1, 2, 5, 11]);
});

Deno.test("each item may have windows of its own", () => {
  const table = { starts: [0, 1], counts: [2, 2] };
  const windows = tables([2, 1, 3], { tables: [table], per: "item" });
  assertEquals(sums(windows), [3, 11]);
});

Deno.test("an empty batch needs no windows per item", () => {
  const table = { starts: [], counts: [] };
  const windows = tables([0, 1, 3], { tables: [table], per: "item" });
  assertEquals(windows.outputShape, [0, 1, 0]);
});

const refused: [what: string, table: Table, message: string][] = [
  ["a window before the input", { starts: [-1], counts: [2] }, "starts at -1"],
  ["a window behind the input", { starts: [2], counts: [3] }, "has 3 elements"],
  ["a negative count", { starts: [1], counts: [-1] }, "has -1 elements"],
  ["a fraction", { starts: [0.5], counts: [1] }, "32-bit integers"],
  ["NaN", { starts: [0], counts: [NaN] }, "32-bit integers"],
  ["a start that steps back", { starts: [1, 0], counts: [1, 3] }, "steps back"],
  ["an end that steps back", { starts: [0, 1], counts: [4, 2] }, "steps back"],
  ["more starts than counts", { starts: [0, 1], counts: [1] }, "2 starts"],
  ["no window", { starts: [], counts: [] }, "they have no window"],
  ["dilation 0", { starts: [0], counts: [1], dilation: 0 }, "dilation is 0"],
  [
    "a window that dilation puts outside",
    { starts: [0], counts: [3], dilation: 2 },
    "has 3 elements",
  ],
];
for (const [what, table, message] of refused) {
  Deno.test(`tables() refuses ${what}`, () => {
    assertThrows(
      () => tables([1, 4], { tables: [table] }),
      RangeError,
      message,
    );
  });
}

Deno.test("tables() wants as many windows for each plane", () => {
  const table = { starts: [0, 1, 2], counts: [1, 1, 1] };
  assertThrows(
    () => tables([1, 2, 4], { tables: [table], per: "plane" }),
    RangeError,
    "a multiple of 2",
  );
});

Deno.test("adaptiveTable() covers every element, in at most two windows where they are fewer", () => {
  const length = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(length, length, (elements, windows) => {
      const { starts, counts } = adaptiveTable(elements, windows);
      const covered = new Array<number>(elements).fill(0);
      for (let i = 0; i < windows; i++) {
        assertEquals(starts[i], Math.floor(i * elements / windows));
        for (let at = 0; at < counts[i]; at++) covered[starts[i] + at] += 1;
      }
      assertEquals(covered.every((times) => times >= 1), true);
      if (windows > elements) return;
      assertEquals(covered.every((times) => times <= 2), true);
    }),
    { seed: 1 },
  );
});

Deno.test("adaptiveTable() wants positive integers", () => {
  assertThrows(() => adaptiveTable(4, 0), RangeError, "into 0 windows");
  assertThrows(() => adaptiveTable(4, 1.5), RangeError);
  assertThrows(() => adaptiveTable(0, 1), RangeError);
});

Deno.test("tables() takes a window without elements after a wider one", () => {
  const table = { starts: [0, 3, 2], counts: [5, 0, 3] };
  assertEquals(tables([1, 1, 5], { tables: [table] }).output[2], 3);
});

Deno.test("tables() gives one object for the same short tables, another for others", () => {
  const table = { starts: [0, 2], counts: Int32Array.of(3, 3) };
  const first = tables([1, 1, 5], { tables: [table] });
  assert(tables([1, 1, 5], { tables: [{ ...table }] }) === first);
  const others = [
    tables([1, 2, 5], { tables: [table] }),
    tables([1, 1, 5], { tables: [{ ...table, starts: [0, 1] }] }),
    tables([1, 1, 5], { tables: [table], per: "item" }),
    tables([1, 5, 1], { tables: [table], layout: "NHWC" }),
  ];
  assertEquals(new Set([first, ...others]).size, 5);
  table.counts[1] = 2;
  const { axes } = tables([1, 1, 5], { tables: [table] });
  assertEquals(axes[2], {
    kind: "table",
    size: 3,
    starts: Int32Array.of(0, 2),
    counts: Int32Array.of(3, 2),
    dilation: 1,
  });
});
