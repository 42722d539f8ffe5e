import { assertEquals } from "@std/assert";
import { inRows, shiftedColours } from "./bilinear_pictures.ts";

Deno.test("shiftedColours() has the copies of each colour in turn, less their means", () => {
  const photo = {
    shape: [1, 2, 2, 3],
    data: Float32Array.of(1, 2, 4, 3, 6, 8, 0, 0, 4, 0, 0, 4),
  };
  assertEquals(shiftedColours(photo, [0, 1]), {
    shape: [1, 4, 2, 2],
    data: Float32Array.of(
      ...[-2, -1, 0, 3],
      ...[-3, -1, 1, 3],
      ...[0, 0, 0, 0],
      ...[-2, 2, -2, 2],
    ),
  });
});

Deno.test("inRows() gives a vector rows", () => {
  const vector = { shape: [1, 6], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  assertEquals(inRows(vector, 3), { shape: [2, 3], data: vector.data });
});
