import { assertEquals } from "@std/assert";
import { blockChannels, heatMap } from "./covariance_pictures.ts";

Deno.test("blockChannels() makes channels of the pixels of blocks", () => {
  const photo = {
    shape: [1, 2, 2, 5],
    data: Float32Array.of(
      ...[1, 2, 3, 4, 9, 5, 6, 7, 8, 9],
      ...[1, 2, 3, 4, 9, 5, 6, 7, 8, 9],
    ),
  };
  assertEquals(blockChannels(photo, 2), {
    shape: [1, 4, 1, 2],
    data: Float32Array.of(1, 3, 2, 4, 5, 7, 6, 8),
  });
});

Deno.test("heatMap() is red above 0 and blue below", () => {
  const matrix = { shape: [1, 2, 2], data: Float32Array.of(0, 4, -1, 9) };
  assertEquals(heatMap(matrix), {
    shape: [1, 3, 2, 2],
    data: Float32Array.of(1, 1, .5, 1, 1, 0, .5, 0, 1, 0, 1, 0),
  });
});
