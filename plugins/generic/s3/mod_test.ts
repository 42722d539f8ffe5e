import {
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
  int32,
} from "@rockpool/conformance";
import { type Tensor, validateOptions } from "@rockpool/core";
import { s3 } from "./mod.ts";
import { planOf } from "./src/plan.ts";

const INF = Infinity;
const TOLERANCE = { rtol: 1e-5, atol: 1e-6 };

/** Numbers that count up. */
function ramp(...shape: number[]): Tensor<Float32Array> {
  const length = shape.reduce((product, n) => product * n, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => i) };
}

const square = { x: ramp(1, 1, 4, 4) };
const picked = { rowIndices: int32([1, 3]), colIndices: int32([0, 2]) };

checkExamples(s3, [
  {
    name: "rows 1 and 3, columns 0 and 2 of the maxima",
    inputs: square,
    options: { gridSize: 4, ...picked },
    outputs: { y: float32([[[[9, 11], [13, 15]]]]) },
    gradOutput: float32([[[[1, 2], [3, 4]]]]),
    gradients: {
      x: float32([[[[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 2], [0, 3, 0, 4]]]]),
    },
  },
  {
    name: "all rows and columns are the maxima themselves",
    inputs: square,
    options: { stride: 1, kernelSize: 2 },
    outputs: {
      y: float32([[[
        [5, 6, 7, 7],
        [9, 10, 11, 11],
        [13, 14, 15, 15],
        [13, 14, 15, 15],
      ]]]),
    },
  },
  {
    name: "means are of the elements that a window has",
    inputs: { x: float32([[1, 3, 9]]) },
    options: { stride: [1], kernelSize: 3, pool: "average" },
    outputs: { y: float32([[2, 13 / 3, 6]]) },
    gradOutput: float32([[6, 3, 4]]),
    gradients: { x: float32([[4, 6, 3]]) },
  },
  {
    name: "of an even window the greater half is behind the position",
    inputs: { x: float32([[0, 0, 0, 8, 0, 0, 0, 0]]) },
    options: { stride: [1], kernelSize: 4 },
    outputs: { y: float32([[0, 8, 8, 8, 8, 0, 0, 0]]) },
    gradients: { x: float32([[1, 0, 0, 4, 1, 1, 1, 0]]) },
  },
  {
    name: "without step 1 rows and columns are picked from the input",
    inputs: square,
    options: { gridSize: 4, pool: "none", kernelSize: 3, ...picked },
    outputs: { y: float32([[[[4, 6], [12, 14]]]]) },
    gradients: {
      x: float32([[[[0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0]]]]),
    },
  },
  {
    name: "windows inside the input begin at their position",
    inputs: { x: float32([[5, 1, 2, 6, 3, 4]]) },
    options: {
      kernelSize: [3],
      gridSize: 6,
      boundary: "valid",
      colIndices: int32([0, 1, 3]),
    },
    outputs: { y: float32([[5, 6, 6]]) },
    gradOutput: float32([[1, 2, 3]]),
    gradients: { x: float32([[1, 0, 0, 5, 0, 0]]) },
  },
  {
    name: "each axis has its picks, the depth first",
    inputs: { x: ramp(1, 4, 4, 4) },
    options: {
      gridSize: 4,
      pool: "none",
      axes: 3,
      depthIndices: int32([0, 3]),
      ...picked,
    },
    outputs: {
      y: float32([[
        [[4, 6], [12, 14]],
        [[52, 54], [60, 62]],
      ]]),
    },
  },
  {
    name: "images and channels share their picks, channels last too",
    inputs: { x: ramp(2, 4, 2) },
    options: {
      gridSize: [4],
      pool: "none",
      layout: "NHWC",
      colIndices: int32([1, 2]),
    },
    outputs: { y: float32([[[2, 3], [4, 5]], [[10, 11], [12, 13]]]) },
  },
  {
    name: "windows longer than the input hold all of it",
    inputs: { x: float32([[3, 7, 5]]) },
    options: { stride: [1], kernelSize: 99 },
    outputs: { y: float32([[7, 7, 7]]) },
    gradients: { x: float32([[0, 3, 0]]) },
  },
  {
    name: "NaN wins, the last one first, and −∞ over nothing",
    inputs: { x: float32([[1, NaN, NaN, INF, -INF, -INF]]) },
    options: {
      gridSize: [6],
      colIndices: int32([1, 3, 4]),
    },
    outputs: { y: float32([[NaN, INF, -INF]]) },
    gradOutput: float32([[1, 2, 3]]),
    gradients: { x: float32([[0, 0, 1, 2, 3, 0]]) },
  },
  {
    name: "the first of equal elements wins",
    inputs: { x: float32([[4, 4, 4, 2, 2, 2]]) },
    options: {
      kernelSize: [3],
      gridSize: 6,
      colIndices: int32([0, 1, 4]),
    },
    outputs: { y: float32([[4, 4, 2]]) },
    gradOutput: float32([[1, 2, 3]]),
    gradients: { x: float32([[3, 0, 0, 3, 0, 0]]) },
  },
], { tolerance: TOLERANCE });

checkExamples(s3, [
  {
    name: "the mean of blocks of the maxima",
    inputs: square,
    options: { training: false, gridSize: 4 },
    outputs: { y: float32([[[[7.5, 9], [13.5, 15]]]]) },
    gradients: {
      x: float32([[[
        [0, 0, 0, 0],
        [0, .25, .25, .5],
        [0, .25, .25, .5],
        [0, .5, .5, 1],
      ]]]),
    },
  },
  {
    name: "the mean of all samples",
    inputs: square,
    options: { training: false, gridSize: 4, evalMode: "expectation" },
    outputs: { y: float32([[[[25 / 3, 9.5], [13, 85 / 6]]]]) },
  },
  {
    name: "the gradient of the mean of all samples is the probabilities",
    inputs: { x: float32([[1, 2, 3, 4]]) },
    options: {
      training: false,
      gridSize: [4],
      pool: "none",
      evalMode: "expectation",
    },
    outputs: { y: float32([[5 / 3, 10 / 3]]) },
    gradOutput: float32([[6, 12]]),
    gradients: { x: float32([[3, 4, 5, 6]]) },
  },
  {
    name: "the official mean",
    inputs: square,
    options: {
      training: false,
      gridSize: 4,
      boundary: "valid",
      remainder: "merge",
    },
    outputs: { y: float32([[[[5, 6.5], [11, 12.5]]]]) },
  },
  {
    name: "a mean leaves out what no block of the last grid holds",
    inputs: { x: float32([[1, 3, 5, 7, 9, 11, 13]]) },
    options: { training: false, gridSize: [4], pool: "none" },
    outputs: { y: float32([[2, 6, 10]]) },
    gradients: { x: float32([[.5, .5, .5, .5, .5, .5, 0]]) },
  },
  {
    name: "a mean divides the longer last grid evenly",
    inputs: { x: float32([[1, 3, 5, 7, 9, 11, 13]]) },
    options: {
      training: false,
      gridSize: [4],
      pool: "none",
      remainder: "merge",
    },
    outputs: { y: float32([[3, 10]]) },
    gradOutput: float32([[6, 8]]),
    gradients: { x: float32([[2, 2, 2, 2, 2, 2, 2]]) },
  },
  {
    name: "given picks are picked, too",
    inputs: square,
    options: { training: false, gridSize: 4, ...picked },
    outputs: { y: float32([[[[9, 11], [13, 15]]]]) },
  },
  {
    name: "what is not finite spoils no more than what can hold it",
    inputs: { x: float32([[1, NaN, 3, 5, -INF, 7, 9, 11, 2, 4, 6, INF]]) },
    options: {
      training: false,
      gridSize: [4],
      pool: "none",
      evalMode: "expectation",
    },
    // Position 1 can be either pick of its grid, a first only the first, a
    // last only the second.
    outputs: {
      y: float32([[NaN, NaN, -INF, 7 / 6 + 9 / 3 + 11 / 2, 10 / 3, INF]]),
    },
  },
], { tolerance: TOLERANCE });

/** In how many ways the picks of a case can be drawn. */
function waysToDraw({ shape, options }: ConformanceCase): number {
  const { axes } = planOf(shape, validateOptions(s3.options, options));
  return axes.flatMap(({ grids }) => grids)
    .flatMap(({ positions, picks }) =>
      Array.from({ length: picks }, (_, i) => (positions - i) / (i + 1))
    )
    .reduce((product, ways) => product * ways, 1);
}

/** Sizes that no grid divides. */
function remaining(): ConformanceCase[] {
  const cases: ConformanceCase[] = [];
  for (const layout of ["NCHW", "NHWC"]) {
    for (const boundary of ["same", "valid"]) {
      for (const remainder of ["partial", "merge"]) {
        for (const evalMode of ["average", "expectation", "sample"]) {
          const kernelSize = boundary === "same" ? [3, 4] : [2, 3];
          const gridSize = [6, 8];
          cases.push({
            shape: layout === "NCHW" ? [2, 3, 11, 37] : [2, 11, 37, 3],
            options: {
              layout,
              boundary,
              remainder,
              evalMode,
              kernelSize,
              gridSize,
            },
            data: evalMode === "sample" ? "ties" : "spread",
          });
        }
      }
    }
  }
  return cases;
}

conform(s3, {
  random: true,
  cases: [
    ...remaining(),
    ...remaining().map((trial) => ({
      ...trial,
      options: { ...trial.options, training: false },
    })),
  ],
  tolerance: TOLERANCE,
  skip: {
    seeds: [{
      where: ({ options }) => options.training === false,
      reason: "nothing is drawn",
    }, {
      where: (trial) => waysToDraw(trial) < 1000,
      reason:
        "there are few ways to draw; tests above have cases where there are many",
    }],
  },
});
