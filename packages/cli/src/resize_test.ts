import { assertAlmostEquals, assertEquals } from "@std/assert";
import { resize } from "./resize.ts";

Deno.test("resize() repeats the nearest pixel of an axis that grows", () => {
  const image = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const rows = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]];
  assertEquals(resize(image, { height: 4, width: 4 }), {
    shape: [1, 1, 4, 4],
    data: Float32Array.from(rows.flat()),
  });
});

Deno.test("resize() averages areas, cut pixels by their share", () => {
  const image = { shape: [1, 1, 1, 3], data: Float32Array.of(1, 0, 4) };
  const { data } = resize(image, { height: 1, width: 2 });
  assertAlmostEquals(data[0], 2 / 3, 1e-6);
  assertAlmostEquals(data[1], 8 / 3, 1e-6);
});

Deno.test("resize() keeps the mean of every channel when it shrinks", () => {
  const data = Float32Array.from({ length: 3 * 35 }, (_, at) => at * at % 17);
  const small = resize({ shape: [1, 3, 5, 7], data }, { height: 3, width: 4 });
  assertEquals(small.shape, [1, 3, 3, 4]);
  for (let channel = 0; channel < 3; channel++) {
    const before = data.subarray(channel * 35, (channel + 1) * 35);
    const after = small.data.subarray(channel * 12, (channel + 1) * 12);
    assertAlmostEquals(mean(after), mean(before), 1e-5);
  }
});

Deno.test("resize() grows one axis and shrinks the other", () => {
  const image = { shape: [1, 1, 1, 4], data: Float32Array.of(1, 3, 5, 7) };
  const { data } = resize(image, { height: 2, width: 2 });
  assertEquals(data, Float32Array.of(2, 6, 2, 6));
});

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
