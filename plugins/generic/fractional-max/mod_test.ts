import {
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
  int32,
} from "@rockpool/conformance";
import { validateOptions } from "@rockpool/core";
import { fractionalMax } from "./mod.ts";
import { type AxisPlan, planOf } from "./src/plan.ts";

const INF = Infinity;

const square = {
  x: {
    shape: [1, 1, 7, 7],
    data: Float32Array.from({ length: 49 }, (_, i) => i),
  },
};

checkExamples(fractionalMax, [
  {
    name: "samples place columns, then rows",
    inputs: square,
    options: {
      kernelSize: 2,
      outputSize: 4,
      randomSamples: float32([[[0.25, 0.75]]]),
      returnIndices: true,
    },
    outputs: {
      y: float32([[[
        [8, 10, 11, 13],
        [15, 17, 18, 20],
        [29, 31, 32, 34],
        [43, 45, 46, 48],
      ]]]),
      indices: int32([[[
        [8, 10, 11, 13],
        [15, 17, 18, 20],
        [29, 31, 32, 34],
        [43, 45, 46, 48],
      ]]]),
    },
  },
  {
    name: "samples of three axes place depth, height and width",
    inputs: { x: { shape: [1, 7, 7, 7], data: new Float32Array(343) } },
    options: {
      kernelSize: 2,
      outputSize: [4, 4, 1],
      randomSamples: float32([[[0.25, 0.75, 0]]]),
      returnIndices: true,
    },
    outputs: {
      // The first of equal elements is where a window starts: 0, 2, 3 and 5
      // of the depth, 0, 1, 3 and 5 of the height, 5 of the width.
      indices: {
        shape: [1, 4, 4, 1],
        data: Int32Array.from(
          [0, 2, 3, 5].flatMap((d) =>
            [0, 1, 3, 5].map((h) => (d * 7 + h) * 7 + 5)
          ),
        ),
      },
    },
  },
  {
    name: "each plane has samples of its own, channels last too",
    inputs: {
      x: {
        shape: [1, 7, 2],
        data: Float32Array.from({ length: 14 }, (_, i) => i),
      },
    },
    options: {
      kernelSize: [2],
      outputSize: 4,
      layout: "NHWC",
      randomSamples: float32([[[0.25], [0.75]]]),
      returnIndices: true,
    },
    outputs: {
      y: float32([[[2, 3], [6, 5], [8, 9], [12, 13]]]),
      indices: int32([[[1, 1], [3, 2], [4, 4], [6, 6]]]),
    },
  },
  {
    name: "rows that no window holds have no gradient",
    inputs: { x: float32([[0, 1, 2, 3, 4, 5, 6]]) },
    options: {
      kernelSize: [1],
      outputSize: 3,
      randomSamples: float32([[[0]]]),
    },
    outputs: { y: float32([[0, 3, 6]]) },
    gradOutput: float32([[1, 2, 3]]),
    gradients: { x: float32([[1, 0, 0, 2, 0, 0, 3]]) },
  },
  {
    name: "an element that wins twice takes both gradients",
    inputs: { x: float32([[0, 9, 0]]) },
    options: { kernelSize: [2], outputSize: 2 },
    outputs: { y: float32([[9, 9]]) },
    gradOutput: float32([[3, 5]]),
    gradients: { x: float32([[0, 8, 0]]) },
  },
  {
    name: "the paper's bounds are those of a given sample",
    inputs: { x: float32([[0, 1, 2, 3, 4, 5, 6]]) },
    options: {
      scheme: "pseudorandom",
      overlapping: false,
      granularity: "plane",
      outputSize: [5],
      randomSamples: float32([[[Math.fround(0.3)]]]),
    },
    outputs: { y: float32([[0, 2, 3, 5, 6]]) },
  },
  {
    name: "overlapping windows share their bounds",
    inputs: { x: float32([[0, 1, 2, 3, 4, 5, 6]]) },
    options: {
      scheme: "pseudorandom",
      granularity: "plane",
      outputSize: [5],
      randomSamples: float32([[[Math.fround(0.3)]]]),
    },
    outputs: { y: float32([[1, 2, 3, 5, 6]]) },
    gradOutput: float32([[1, 2, 3, 4, 5]]),
    gradients: { x: float32([[0, 1, 2, 3, 0, 4, 5]]) },
  },
  {
    name: "NaN wins, the last of several first",
    inputs: { x: float32([[1, NaN, INF, NaN, 2]]) },
    options: { kernelSize: [5], outputSize: [1], returnIndices: true },
    outputs: { y: float32([[NaN]]), indices: int32([[3]]) },
    gradients: { x: float32([[0, 0, 0, 1, 0]]) },
  },
  {
    name: "the first of equal elements wins, −∞ too",
    inputs: { x: float32([[-INF, -INF, 4, 4]]) },
    options: {
      scheme: "random",
      overlapping: false,
      outputSize: [2],
      returnIndices: true,
    },
    outputs: { y: float32([[-INF, 4]]), indices: int32([[0, 2]]) },
    gradients: { x: float32([[1, 0, 1, 0]]) },
  },
]);

/** Whether there is more than one way to place the windows. */
function hasChoice({ shape, options }: ConformanceCase): boolean {
  const all = validateOptions(fractionalMax.options, options);
  const spare = ({ length, windows, size }: AxisPlan) => {
    if (all.scheme !== "torch") {
      return (length - Number(all.overlapping)) % windows;
    }
    // The first window and the last have their places.
    return windows > 2 ? (length - size) % (windows - 1) : 0;
  };
  return planOf(shape, all).axes.some((axis) => spare(axis) > 0);
}

conform(fractionalMax, {
  random: true,
  tolerance: { rtol: 1e-5, atol: 1e-6 },
  skip: {
    seeds: {
      where: (trial) => !hasChoice(trial),
      reason: "there is one way to place the windows",
    },
  },
});
