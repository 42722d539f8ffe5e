import { assertEquals } from "@std/assert";
import { planesOf, shapeOf } from "./rank.ts";

const taken: [
  shape: number[],
  options: Parameters<typeof planesOf>[1],
  expected: [batched: boolean, items: number, channels: number, number[]],
][] = [
  [[3, 8], {}, [false, 1, 3, [8]]],
  [[3, 8, 9], {}, [false, 1, 3, [8, 9]]],
  [[3, 8, 9], { axes: 1 }, [true, 3, 8, [9]]],
  [[2, 3, 8, 9], {}, [true, 2, 3, [8, 9]]],
  [[2, 3, 8, 9], { axes: 3 }, [false, 1, 2, [3, 8, 9]]],
  [[2, 3, 7, 8, 9], {}, [true, 2, 3, [7, 8, 9]]],
  [[2, 8, 9, 3], { layout: "NHWC" }, [true, 2, 3, [8, 9]]],
  [[8, 3], { layout: "NHWC" }, [false, 1, 3, [8]]],
];
for (const [shape, options, expected] of taken) {
  Deno.test(`planesOf() takes [${shape}] ${JSON.stringify(options)} apart`, () => {
    const planes = planesOf(shape, options);
    const { batched, items, channels, spatial } = planes;
    assertEquals([batched, items, channels, spatial], expected);
    assertEquals(shapeOf(planes, spatial), shape);
  });
}

Deno.test("planesOf() puts axes that are missing in front", () => {
  assertEquals(planesOf([3, 8]).input, [1, 1, 8]);
  assertEquals(planesOf([3, 8, 9]).input, [1, 8, 9]);
});
