import { assert, assertEquals } from "@std/assert";
import {
  BENCH_CASES,
  type BenchCase,
  inputOf,
  outputShape,
} from "./bench_case.ts";

const example: BenchCase = {
  name: "example",
  op: "max",
  direction: "forward",
  shape: [2, 3, 7, 9],
  layout: "NCHW",
  place: { windows: { kernelSize: 3, stride: 2, padding: 1 } },
  target: null,
};

Deno.test("outputShape() pools the spatial axes of either layout", () => {
  assertEquals(outputShape(example), [2, 3, 4, 5]);
  assertEquals(
    outputShape({ ...example, shape: [2, 7, 9, 3], layout: "NHWC" }),
    [2, 4, 5, 3],
  );
});

Deno.test("outputShape() of regions has an item for each, of whole planes one element", () => {
  const rois = { shape: [5, 5], data: new Float32Array(25) };
  const regions = { rois, outputSize: 4, spatialScale: 1 };
  assertEquals(outputShape({ ...example, place: { regions } }), [5, 3, 4, 4]);
  assertEquals(outputShape({ ...example, place: "whole" }), [2, 3, 1, 1]);
});

Deno.test("no two cases have the same name", () => {
  const names = BENCH_CASES.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("inputOf() gives numbers of both signs, the same each time", () => {
  const input = inputOf(example);
  assertEquals(input, inputOf(example));
  assert(input.some((x) => x < -3) && input.some((x) => x > 3));
  assert(input.every((x) => Math.abs(x) <= 4));
});
