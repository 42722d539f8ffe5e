import { assertEquals } from "@std/assert";
import { levelPictures, stretchedTo, withGrid } from "./pyramid_pictures.ts";

Deno.test("levelPictures() takes the levels of a pyramid apart", () => {
  const y = {
    shape: [1, 10],
    data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  };
  assertEquals(levelPictures(y, [2, 1]), [
    { shape: [1, 2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    { shape: [1, 2, 1, 1], data: Float32Array.of(9, 10) },
  ]);
});

Deno.test("stretchedTo() repeats pixels", () => {
  const photo = { shape: [1, 1, 2, 4], data: new Float32Array(8) };
  const picture = { shape: [1, 1, 1, 2], data: Float32Array.of(5, 6) };
  assertEquals(
    [...stretchedTo(photo, picture).data],
    [5, 5, 6, 6, 5, 5, 6, 6],
  );
});

Deno.test("withGrid() draws a line where a window starts, none around", () => {
  const photo = { shape: [1, 1, 3, 4], data: new Float32Array(12) };
  assertEquals(
    [...withGrid(photo, [2, 1]).data],
    [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0],
  );
});
