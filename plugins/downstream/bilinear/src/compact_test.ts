import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { validateOptions } from "@rockpool/core";
import { assertEquals, assertThrows } from "@std/assert";
import type { CompactOptions } from "../compact.ts";
import { compactBilinear } from "./compact.ts";

const x = float32([[1, 2], [0, 1]]);
const raw = { axes: 1, signedSqrt: false, l2Norm: false };
const tables = {
  outputDim: 4,
  h1: float32([0, 2]),
  s1: float32([1, -1]),
  h2: float32([1, 3]),
  s2: float32([1, -1]),
};
const projections = {
  method: "randomMaclaurin",
  outputDim: 2,
  w1: float32([[1, 1], [1, -1]]),
  w2: float32([[1, -1], [1, 1]]),
} as const;

checkExamples(compactBilinear, [
  {
    name: "pairs of channels in buckets",
    inputs: { x },
    options: { ...raw, ...tables },
    outputs: { y: float32([0, 6, 0, -4]) },
    gradOutput: float32([0, 1, 0, 0]),
    gradients: { x: float32([[2, 4], [0, 2]]) },
  },
  {
    name: "the same with roots and norm",
    inputs: { x },
    options: { ...tables, axes: 1 },
    outputs: { y: float32([0, .7745967, 0, -.6324555]) },
  },
  {
    name: "products of projections",
    inputs: { x },
    options: { ...raw, ...projections },
    outputs: { y: float32([2.8284271, 2.8284271]) },
    gradOutput: float32([1, 0]),
    gradients: {
      x: float32([[1.4142136, 2.8284271], [0, -1.4142136]]),
    },
  },
  {
    name: "one bucket for all pairs",
    inputs: { x: float32([2, 3]), y: float32([1, -2]) },
    options: {
      ...raw,
      axes: 0,
      homogeneous: false,
      outputDim: 1,
      s1: float32([1, -1]),
      s2: float32([1, 1]),
    },
    // (2 − 3) (1 − 2)
    outputs: { y: float32([1]) },
    gradients: { x: float32([-1, 1]), y: float32([-1, -1]) },
  },
  {
    name: "NaN stays in its buckets",
    inputs: { x: float32([[1], [NaN]]), y: float32([[1], [2]]) },
    options: { ...raw, ...tables, homogeneous: false },
    // The pairs (0, 0) and (1, 1) in bucket 1, (0, 1) and (1, 0) in bucket 3.
    outputs: { y: float32([0, NaN, 0, NaN]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(compactBilinear, {
  options: (_, options) => ({ ...options, outputDim: 7 }),
  skip: {
    finiteDifferences: {
      where: ({ options }) => options.signedSqrt !== false,
      reason:
        "a root bends too much at 0, and has a slope of its own there: definition_test.ts",
    },
  },
});

Deno.test("compact-bilinear refuses tables that do not fit", () => {
  const shapeOf = (options: Partial<CompactOptions>) =>
    compactBilinear.shape(
      { x: [2, 3, 4, 5] },
      validateOptions(compactBilinear.options, options),
    );
  assertEquals(shapeOf({}), [2, 8192]);
  assertEquals(
    shapeOf({ sumPool: false, outputDim: 16 }),
    [2, 16, 4, 5],
  );
  assertThrows(
    () => shapeOf({ h1: float32([0, 1]) }),
    RangeError,
    "Option h1 has shape 2: 3 is needed",
  );
  for (const bucket of [-1, .5, 16]) {
    assertThrows(
      () => shapeOf({ outputDim: 16, h2: float32([0, bucket, 15]) }),
      RangeError,
      `Option h2 holds ${bucket}`,
    );
  }
  assertThrows(
    () => shapeOf({ w1: float32([[1, 1, 1]]), outputDim: 1 }),
    RangeError,
    'Option w1 is given: method "randomMaclaurin" alone takes it',
  );
});
