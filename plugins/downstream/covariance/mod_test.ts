import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { covariance, type CovarianceOptions } from "./mod.ts";

/** Two channels with eigenvalues 2 and 1/2. */
const pair = { x: float32([[[1, 2], [3, 4]], [[2, 1], [4, 3]]]) };
/** Three channels at two positions: two eigenvalues are 0. */
const deficient = { x: float32([[1, 3], [0, 2], [5, 1]]) };

checkExamples(covariance, [
  {
    name: "the covariance itself",
    inputs: pair,
    options: { normalization: "none" },
    outputs: { y: float32([1.25, .75, 1.25]) },
    gradOutput: float32([0, 1, 0]),
    gradients: {
      x: float32([[[-.125, -.375], [.375, .125]], [[-.375, -.125], [
        .125,
        .375,
      ]]]),
    },
  },
  {
    name: "the logarithm",
    inputs: pair,
    options: {},
    outputs: { y: float32([.0012489, .6923981, .0012489]) },
    gradOutput: float32([0, 1, 0]),
    gradients: {
      x: float32([
        [[.1245635, -.3744385], [.3744385, -.1245635]],
        [[-.3744385, .1245635], [-.1245635, .3744385]],
      ]),
    },
  },
  {
    name: "the logarithm, with another gradient",
    inputs: pair,
    options: {},
    gradOutput: float32([1, 0, 0]),
    gradients: {
      x: float32([
        [[-.7206376, .0091638], [-.0091638, .7206376]],
        [[.2399632, -.0282395], [.0282395, -.2399632]],
      ]),
    },
  },
  {
    name: "the logarithm with eps 0",
    inputs: pair,
    options: { eps: 0 },
    outputs: { y: float32([0, Math.LN2, 0]) },
  },
  {
    name: "off the diagonal times √2",
    inputs: pair,
    options: { offDiagScale: Math.SQRT2 },
    outputs: { y: float32([.0012489, .9791988, .0012489]) },
  },
  {
    name: "the unbiased covariance",
    inputs: pair,
    options: { unbiased: true },
    outputs: { y: float32([.2886190, .6925852, .2886190]) },
  },
  {
    name: "eigenvalues of 0",
    inputs: deficient,
    options: { eps: .01, axes: 1 },
    outputs: {
      y: float32([
        -3.5387377,
        1.0664325,
        -2.132865,
        -3.5387377,
        -2.132865,
        -.3394402,
      ]),
    },
    gradOutput: float32([1, 0, 0, 0, 0, 0]),
    gradients: {
      x: float32([
        [-.9164253, .9164253],
        [.1500072, -.1500072],
        [-.3000144, .3000144],
      ]),
    },
  },
  {
    name: "the square root by 1 iteration",
    inputs: pair,
    options: { normalization: "isqrt", numIters: 1 },
    outputs: { y: float32([.9170605, .4743416, .9170605]) },
  },
  {
    name: "the square root by 2 iterations",
    inputs: pair,
    options: { normalization: "isqrt", numIters: 2 },
    outputs: { y: float32([.995485, .4181796, .995485]) },
  },
  {
    name: "the square root by 5 iterations",
    inputs: pair,
    options: { normalization: "isqrt" },
    outputs: { y: float32([1.0606543, .3535592, 1.0606543]) },
    gradOutput: float32([1, 0, 0]),
    gradients: {
      x: float32([
        [[-.3535668, -.0588921], [.0588921, .3535668]],
        [[.0589610, -.0000076], [.0000076, -.0589610]],
      ]),
    },
  },
  {
    name: "the square root by eigenvalues",
    inputs: pair,
    options: { normalization: "sqrt", eps: 0 },
    outputs: { y: float32([1.0606602, .3535534, 1.0606602]) },
  },
  {
    name: "channels last",
    inputs: {
      x: float32([[[[1, 2], [2, 1], [3, 4], [4, 3]]], [[
        [0, 0],
        [0, 2],
        [2, 0],
        [
          2,
          2,
        ],
      ]]]),
    },
    options: { normalization: "none", layout: "NHWC" },
    outputs: { y: float32([[1.25, .75, 1.25], [1, 0, 1]]) },
    gradOutput: float32([[0, 1, 0], [1, 0, 0]]),
    gradients: {
      x: float32([
        [[[-.125, -.375], [-.375, -.125], [.375, .125], [.125, .375]]],
        [[[-.5, 0], [-.5, 0], [.5, 0], [.5, 0]]],
      ]),
    },
  },
  {
    name: "three axes",
    inputs: { x: float32([[[[1, 2]], [[3, 4]]], [[[2, 1]], [[4, 3]]]]) },
    options: { normalization: "none", axes: 3, vectorize: false },
    outputs: { y: float32([[1.25, .75], [.75, 1.25]]) },
  },
  {
    name: "channels of length 1; zeros stay zeros",
    inputs: { x: float32([[3, -4], [0, 0]]) },
    options: { normalization: "none", axes: 1, channelL2Norm: true },
    outputs: { y: float32([.49, 0, 0]) },
    gradOutput: float32([1, 1, 1]),
    gradients: { x: float32([[.0224, .0168], [0, 0]]) },
  },
  {
    name: "eps is added to the covariance itself",
    inputs: pair,
    options: { normalization: "none", eps: .5 },
    outputs: { y: float32([1.75, .75, 1.75]) },
  },
  // What is added to ln(0.001) is rounded to steps of 5e-7.
], { tolerance: { rtol: 1e-6, atol: 2e-6 } });

/** Options under which every normalization can be tried. */
const all: CovarianceOptions = {
  normalization: "log",
  eps: null,
  numIters: 5,
  unbiased: false,
  channelL2Norm: false,
  vectorize: true,
  order: "row",
  offDiagScale: 1,
  layout: "NCHW",
  axes: null,
};
const shapes: [
  what: string,
  x: number[],
  options: Partial<CovarianceOptions>,
  y: number[],
][] = [
  ["a batch", [2, 5, 3, 4], {}, [2, 15]],
  ["an item", [5, 3, 4], {}, [15]],
  ["channels last", [2, 3, 4, 5], { layout: "NHWC" }, [2, 15]],
  ["matrices", [2, 5, 3, 4], { vectorize: false }, [2, 5, 5]],
  ["a matrix", [5, 3, 4], { vectorize: false }, [5, 5]],
  ["rows", [2, 5, 9], { axes: 1 }, [2, 15]],
  ["three axes", [2, 5, 2, 3, 4], {}, [2, 15]],
  ["no items", [0, 5, 3, 4], {}, [0, 15]],
];
for (const [what, x, options, y] of shapes) {
  Deno.test(`covariance has a shape for ${what}`, () => {
    assertEquals(covariance.shape({ x }, { ...all, ...options }), y);
  });
}

const refused: [
  x: number[],
  options: Record<string, unknown>,
  message: string,
][] = [
  [
    [1, 2, 1, 1],
    { unbiased: true },
    "Cannot take the unbiased covariance of 1 position: at least 2 are needed",
  ],
  [
    [1, 6, 2, 2],
    { eps: 0 },
    "Cannot take the logarithm of the covariance of 6 channels at 4 positions with eps 0: its rank is 3 at most, eps greater than 0 or more than 6 positions are needed",
  ],
  [[1, 2, 2, 2], { eps: -1 }, "Option eps is -1"],
  [[1, 2, 2, 2], { numIters: 0 }, "Option numIters is 0"],
  [[1, 2, 2, 2], { numIters: 21 }, "Option numIters is 21"],
  [[1, 2, 2, 2], { normalization: "exp" }, 'Option normalization is "exp"'],
];
for (const [shape, options, message] of refused) {
  Deno.test(`covariance refuses ${JSON.stringify(options)} of ${shape}`, () => {
    using session = interpreter().session();
    const x = session.empty(shape);
    assertThrows(
      () => session.run(covariance, { x }, { options }),
      RangeError,
      message,
    );
  });
}

const functions = ["log", "sqrt", "isqrt"];

conform(covariance, {
  cases: [
    // Eigenvalues of 0, and more of both sizes than the grid has.
    ...functions.flatMap((normalization) => [
      { shape: [2, 9, 2, 2], options: { normalization } },
      { shape: [2, 40, 4, 5], options: { normalization, vectorize: false } },
      { shape: [2, 20, 20, 25], options: { normalization } },
    ]),
    { shape: [1, 6, 5, 5], options: { normalization: "log", eps: 0 } },
    { shape: [1, 6, 5, 5], options: { normalization: "sqrt", eps: 0 } },
    { shape: [1, 6, 2, 2], options: { normalization: "sqrt", eps: 0 } },
    { shape: [1, 6, 5, 5], options: { normalization: "isqrt", numIters: 15 } },
  ],
});
