import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { type Shape, validateOptions } from "@rockpool/core";
import { assertEquals, assertThrows } from "@std/assert";
import { bilinear, type BilinearOptions } from "../mod.ts";

const x = float32([[1, 2], [0, 1]]);
const y = float32([[1, -1], [2, 0], [0, 1]]);
const exact = { gradEps: 0, axes: 1 };

checkExamples(bilinear, [
  {
    name: "x with itself",
    inputs: { x },
    options: exact,
    outputs: { y: float32([.7071068, .4472136, .4472136, .3162278]) },
    gradOutput: float32([1, 0, 0, 0]),
    gradients: { x: float32([[.0707107, .0707107], [-.0707107, -.212132]]) },
  },
  {
    name: "x with y",
    inputs: { x, y },
    options: { ...exact, homogeneous: false },
    outputs: {
      y: float32([-.3779645, .5345225, .5345225, -.3779645, 0, .3779645]),
    },
    gradOutput: float32([1, 0, 0, 0, 0, 0]),
    gradients: {
      x: float32([[.2159797, -.1349873], [-.0269975, .0539949]]),
      y: float32([
        [.1619848, .2969721],
        [.0269975, .0539949],
        [.0269975, .0809924],
      ]),
    },
  },
  {
    name: "nothing gives nothing, and no gradient",
    inputs: { x: float32([[0, 0], [0, 0]]) },
    options: { axes: 1 },
    outputs: { y: float32([0, 0, 0, 0]) },
    gradients: { x: float32([[0, 0], [0, 0]]) },
  },
  {
    name: "a number that is none makes its item so, and no other",
    inputs: { x: float32([[[1, NaN], [1, 2]], [[0, 0], [3, 4]]]) },
    options: { axes: 1 },
    outputs: {
      y: float32([[NaN, NaN, NaN, NaN], [0, 0, 0, 1]]),
    },
  },
  {
    name: "the slope of a root at 0 is capped",
    inputs: { x: float32([0, 4]), y: float32([1]) },
    options: { axes: 0, homogeneous: false, l2Norm: false },
    outputs: { y: float32([0, 2]) },
    gradients: { x: float32([5000, .25]), y: float32([1]) },
  },
  {
    name: "or 0",
    inputs: { x: float32([0, 4]), y: float32([1]) },
    options: { axes: 0, homogeneous: false, l2Norm: false, gradEps: 0 },
    outputs: { y: float32([0, 2]) },
    gradients: { x: float32([0, .25]), y: float32([1]) },
  },
  {
    name: "eps stands inside the root, and in its slope",
    inputs: { x: float32([2, 0]), y: float32([-1.5]) },
    options: { axes: 0, homogeneous: false, l2Norm: false, eps: 1 },
    outputs: { y: float32([-2, 0]) },
    gradients: { x: float32([-.375, -.75]), y: float32([.5]) },
  },
  {
    name: "a norm below normEps is taken for that",
    inputs: { x: float32([1]) },
    options: { axes: 0, signedSqrt: false, normEps: 4 },
    outputs: { y: float32([.25]) },
    gradients: { x: float32([.5]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(bilinear, {
  cases: [
    { shape: [2, 5], options: { axes: 0 } },
    { shape: [5], options: { axes: 0, l2Norm: false, triu: true } },
  ],
  skip: {
    finiteDifferences: {
      where: ({ options }) => options.signedSqrt !== false,
      reason:
        "a root bends too much at 0, and has a slope of its own there: definition_test.ts",
    },
  },
});

Deno.test("bilinear refuses what does not go together", () => {
  const shapeOf = (
    x: Shape,
    y: Shape,
    options: Partial<BilinearOptions> = {},
  ) => {
    const all = { homogeneous: false, ...options };
    return bilinear.shape({ x, y }, validateOptions(bilinear.options, all));
  };
  assertEquals(shapeOf([2, 3, 4, 5], [2, 7, 4, 5]), [2, 21]);
  assertEquals(shapeOf([3, 4, 5], [7, 4, 5]), [21]);
  assertEquals(shapeOf([2, 3], [2, 7], { axes: 0 }), [2, 21]);
  for (const y of [[2, 7, 5, 4], [1, 7, 4, 5], [7, 4, 5]]) {
    assertThrows(
      () => shapeOf([2, 3, 4, 5], y),
      RangeError,
      "they may differ in channels alone",
    );
  }
  assertThrows(
    () => shapeOf([2, 3, 4, 5], [2, 3, 4, 5], { triu: true }),
    RangeError,
    "triu needs homogeneous",
  );
  assertThrows(
    () => shapeOf([2, 3, 4], [2, 3, 4], { axes: 0 }),
    TypeError,
    "with 0 spatial axes rank 2 (a batch) or 1 is needed",
  );
});
