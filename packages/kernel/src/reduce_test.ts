import { assert, assertEquals } from "@std/assert";
import { volume, windowSize } from "./geometry.ts";
import { interpret } from "./interpret.ts";
import { ADD, ADD_COLUMN, elementwise, SUM, sumSteps } from "./reduce.ts";
import { slide } from "./slide.ts";

const shapes: [layout: "NCHW" | "NHWC", shape: number[]][] = [
  ["NCHW", [1, 1, 1, 1]],
  ["NCHW", [3, 2, 1, 1]],
  ["NCHW", [2, 3, 9, 17]],
  ["NCHW", [130, 2, 3, 3]],
  ["NHWC", [1, 1, 1, 1]],
  ["NHWC", [2, 9, 17, 3]],
];
for (const per of ["plane", "channel"] as const) {
  for (const [layout, shape] of shapes) {
    Deno.test(`sumSteps() sums ${shape.join("×")} ${layout} by ${per}`, () => {
      const windows = slide(shape, { kernelSize: 1, layout });
      const { channels, items, output } = windows;
      const plane = volume(output);
      const size = items * channels * plane;
      let x = Float64Array.from(
        { length: size },
        (_, index) => index % 7 - index,
      );
      const expected = new Float64Array(
        per === "plane" ? items * channels : channels,
      );
      for (const [index, value] of x.entries()) {
        const item = Math.floor(index / plane / channels);
        const channel = layout === "NHWC"
          ? index % channels
          : Math.floor(index / plane) % channels;
        expected[per === "plane" ? item * channels + channel : channel] +=
          value;
      }
      for (const step of sumSteps(windows, per)) {
        assert(windowSize(step) <= 64, "a step adds up at most 64 numbers");
        x = interpret(SUM, step, { tensors: { x } }).y as typeof x;
      }
      assertEquals([...x], [...expected]);
    });
  }
}

Deno.test("ADD adds numbers one by one", () => {
  const tensors = { a: [1, 2, 3], b: [10, 20, 30] };
  assertEquals([...interpret(ADD, elementwise(3), { tensors }).y], [
    11,
    22,
    33,
  ]);
});

Deno.test("ADD_COLUMN adds to one column of each row", () => {
  const rows = slide([1, 2, 3], { axes: 1, kernelSize: 1 });
  const tensors = { x: [1, 2, 3, 4, 5, 6], column: [10, 20] };
  const { y } = interpret(ADD_COLUMN, rows, { tensors, scalars: { index: 1 } });
  assertEquals([...y], [1, 12, 3, 4, 25, 6]);
});
