import { float32 } from "@rockpool/conformance";
import { assertEquals, assertThrows } from "@std/assert";
import { roisOfBoxes } from "./rois_of_boxes.ts";

Deno.test("roisOfBoxes() puts the item before the boxes of each", () => {
  const none = { shape: [0, 4], data: new Float32Array(0) };
  assertEquals(
    roisOfBoxes([
      float32([[1, 2, 3, 4], [5, 6, 7, 8]]),
      none,
      { shape: [1, 4], data: Int32Array.of(9, 9, 9, 9) },
    ]),
    float32([[0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [2, 9, 9, 9, 9]]),
  );
});

Deno.test("roisOfBoxes() makes no regions of no items and of none", () => {
  const shapeOf = (...shapes: number[][]) =>
    roisOfBoxes(
      shapes.map((shape) => ({ shape, data: new Float32Array(0) })),
    ).shape;
  assertEquals(shapeOf(), [0, 5]);
  assertEquals(shapeOf([0, 2], [0, 2]), [0, 3]);
});

Deno.test("roisOfBoxes() refuses what are no boxes", () => {
  const of = (...shapes: number[][]) => () =>
    roisOfBoxes(shapes.map((shape) => ({
      shape,
      data: new Float32Array(shape.reduce((n, length) => n * length, 1)),
    })));
  assertThrows(of([4]), TypeError, "shape [4] of item 0: rank 2 is needed");
  assertThrows(of([1, 5]), RangeError, "rows of 2, 4 or 6 numbers");
  assertThrows(of([1, 4], [1, 6]), RangeError, "shape [1,6] of item 1");
});
