import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  checkShape,
  equalShapes,
  formatShape,
  MAX_ELEMENTS,
  type Shape,
  sizeOf,
} from "./shape.ts";

Deno.test("sizeOf() multiplies the lengths; a scalar has one element", () => {
  assertEquals(sizeOf([2, 3, 4]), 24);
  assertEquals(sizeOf([2, 0, 4]), 0);
  assertEquals(sizeOf([]), 1);
});

Deno.test("formatShape() writes lengths with crosses", () => {
  assertEquals(formatShape([2, 3, 8]), "2×3×8");
  assertEquals(formatShape([7]), "7");
  assertEquals(formatShape([]), "scalar");
});

Deno.test("equalShapes() tells shapes of other lengths and other ranks apart", () => {
  assert(equalShapes([2, 3], [2, 3]));
  assertFalse(equalShapes([2, 3], [3, 2]));
  assertFalse(equalShapes([2, 3], [2, 3, 1]));
  assertFalse(equalShapes([2, 3, 1], [2, 3]));
});

Deno.test("checkShape() accepts empty shapes and the most elements that fit", () => {
  checkShape([]);
  checkShape([0, 3]);
  checkShape([MAX_ELEMENTS]);
});

const notSizes: [string, unknown, typeof TypeError | typeof RangeError][] = [
  ["no array", 3, TypeError],
  ["a text", ["3"], TypeError],
  ["a negative length", [2, -1], RangeError],
  ["a fraction", [2.5], RangeError],
  ["NaN", [NaN], RangeError],
  ["one element too many", [2 ** 31], RangeError],
  ["too many elements in all", [2 ** 16, 2 ** 15], RangeError],
];
for (const [what, shape, kind] of notSizes) {
  Deno.test(`checkShape() refuses ${what}`, () => {
    assertThrows(
      () => checkShape(shape as Shape),
      kind,
      "Cannot make a tensor",
    );
  });
}
