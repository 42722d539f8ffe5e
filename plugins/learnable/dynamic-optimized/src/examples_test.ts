import { checkExamples, type Example, float32 } from "@rockpool/conformance";
import type { Tensor } from "@rockpool/core";
import { dynamicOptimized, type DynamicOptimizedOptions } from "../mod.ts";

const INF = Infinity;

type Weight = "r" | "alpha" | "delta";

/** 0, 1, 2 … */
function ramp(...shape: number[]): Tensor {
  const size = shape.reduce((n, length) => n * length, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => i) };
}

/** Numbers in no order. */
function waves(...shape: number[]): Tensor {
  const { data } = ramp(...shape);
  return { shape, data: data.map((i) => Math.sin(i * i + 1)) };
}

/** The greatest of each 2 × 2 elements of some planes. */
function greatestOfFour({ shape, data: x }: Tensor): Tensor {
  const [height, width] = shape.slice(-2);
  const y: number[] = [];
  for (let row = 0; row < x.length; row += 2 * width) {
    for (let at = row; at < row + width; at += 2) {
      y.push(Math.max(x[at], x[at + 1], x[at + width], x[at + width + 1]));
    }
  }
  return {
    shape: [...shape.slice(0, -2), height / 2, width / 2],
    data: Float32Array.from(y),
  };
}

const row = [1 / 2, 2 / 3, 5 / 6, 1];
const zeros = [0, 0, 0, 0];
const line = { axes: 1, r: 1 };
/** What holds in every bit. */
const exact: readonly Example<DynamicOptimizedOptions, "x", Weight>[] = [
  {
    name: "r of a half",
    inputs: { x: ramp(1, 1, 4, 4) },
    options: { r: [0.5, 0.5] },
    outputs: { y: float32([[[[5, 7], [13, 15]]]]) },
  },
  {
    name: "without options it is 2 × 2 max pooling",
    options: {},
    inputs: { x: waves(2, 3, 6, 10) },
    outputs: { y: greatestOfFour(waves(2, 3, 6, 10)) },
  },
  {
    name: "the mean of the half is 2 × 2 average pooling",
    inputs: { x: float32([[[1, 2, 5, 6], [3, 6, 7, 8]]]) },
    options: { r: 0.5, aggregation: "average" },
    outputs: { y: float32([[[3, 6.5]]]) },
    gradOutput: float32([[[4, 8]]]),
    gradients: { x: float32([[[1, 1, 2, 2], [1, 1, 2, 2]]]) },
  },
  {
    name: "a single element is repeated",
    inputs: { x: float32([[[7]]]) },
    options: { r: 3, delta: "learned" },
    weights: { r: float32([3, 2]), delta: float32([1, 0.5]) },
    outputs: { y: float32([[[7, 7], [7, 7], [7, 7]]]) },
    gradients: {
      x: float32([[[6]]]),
      r: float32([0, 0]),
      delta: float32([0, 0]),
    },
  },
  {
    name: "three axes",
    inputs: { x: ramp(1, 2, 4, 2) },
    options: { r: 0.5, axes: 3 },
    outputs: { y: float32([[[[11], [15]]]]) },
  },
  {
    name: "the first of equal queries wins",
    inputs: { x: float32([[3, 3, 3, 3]]) },
    options: { ...line, r: 0.5 },
    outputs: { y: float32([[3, 3]]) },
    gradients: { x: float32([[1, 0, 1, 0]]) },
  },
];

/** What holds within roundings. */
const rounded: readonly Example<DynamicOptimizedOptions, "x", Weight>[] = [
  {
    name: "α of 2 and 1.25 gives 2 × 3 cells",
    options: {},
    inputs: { x: ramp(1, 1, 4, 4) },
    weights: { alpha: float32([2, 1.25]) },
    outputs: { y: float32([[[[4.5, 35 / 6, 7], [12.5, 83 / 6, 15]]]]) },
    gradients: {
      x: float32([[[zeros, row, zeros, row]]]),
      alpha: float32([30, 5.6888889]),
    },
  },
  {
    name: "and so does r of 0.5 and 0.8",
    inputs: { x: ramp(1, 1, 4, 4) },
    options: { r: 1 },
    weights: { r: float32([0.5, 0.8]) },
    outputs: { y: float32([[[[4.5, 35 / 6, 7], [12.5, 83 / 6, 15]]]]) },
    gradients: { r: float32([-120, -8.8888889]) },
  },
  {
    name: "δ of 0.5 and 0.25 places the queries",
    inputs: { x: ramp(1, 1, 4, 4) },
    options: { delta: "learned" },
    weights: { alpha: float32([2, 1.25]), delta: float32([0.5, 0.25]) },
    outputs: { y: float32([[[[53 / 12, 5.75, 7], [149 / 12, 13.75, 15]]]]) },
    gradients: {
      delta: float32([24, 4]),
      alpha: float32([24, 7.1111111 * 0.64]),
    },
  },
  {
    name: "and with r, too",
    inputs: { x: ramp(1, 1, 4, 4) },
    options: { r: 1, delta: "learned" },
    weights: { r: float32([0.5, 0.8]), delta: float32([0.5, 0.25]) },
    outputs: { y: float32([[[[53 / 12, 5.75, 7], [149 / 12, 13.75, 15]]]]) },
    gradients: { delta: float32([24, 4]), r: float32([-96, -7.1111111]) },
  },
  {
    name: "a learned δ begins at a quarter of a cell",
    inputs: { x: ramp(1, 1, 4, 4) },
    options: { alpha: [2, 1.25], delta: "learned" },
    outputs: { y: float32([[[[4.5, 35 / 6, 7], [12.5, 83 / 6, 15]]]]) },
  },
  {
    name: "in the input's size elements are blended with their neighbours",
    inputs: { x: float32([[0, 4, 8, 2]]) },
    options: line,
    weights: { r: float32([1]) },
    outputs: { y: float32([[1, 5, 7, 3.5]]) },
    gradients: {
      x: float32([[0.75, 1.25, 1.25, 0.75]]),
      r: float32([0.5]),
    },
  },
  {
    name: "queries outside are at the border and do not move",
    inputs: { x: float32([[0, 8]]) },
    options: { axes: 1 },
    weights: { alpha: float32([0.5]) },
    outputs: { y: float32([[0, 3, 7, 8]]) },
    gradients: { x: float32([[1.75, 2.25]]), alpha: float32([36]) },
  },
  {
    name: "a size at its limit has no gradient, but δ has",
    inputs: { x: float32([[0, 8]]) },
    options: { ...line, maxOutput: 3, delta: "learned" },
    weights: { r: float32([2]), delta: float32([0.25]) },
    outputs: { y: float32([[2 / 3, 6, 8]]) },
    gradients: { r: float32([0]), delta: float32([16]) },
  },
  {
    name: "neither has a size that was raised to 1",
    inputs: { x: float32([[0, 6, 2]]) },
    options: line,
    weights: { r: float32([0.125]) },
    outputs: { y: float32([[3]]) },
    gradients: { x: float32([[0, 0.25, 0.75]]), r: float32([0]) },
  },
  {
    name: "channels last",
    inputs: { x: ramp(4, 4, 1) },
    options: { layout: "NHWC", alpha: [2, 1.25] },
    outputs: { y: float32([[[4.5], [35 / 6], [7]], [[12.5], [83 / 6], [15]]]) },
  },
  {
    name: "NaN without a share does not count",
    inputs: { x: float32([[1, NaN, 3, 4, 6]]) },
    options: { ...line, delta: "learned" },
    weights: { r: float32([1]), delta: float32([0]) },
    outputs: { y: float32([[1, NaN, 3, 4, 6]]) },
    gradients: {
      x: float32([[1, 1, 1, 1, 1]]),
      // The first of two equal queries wins, to the left; 0 beside NaN.
      delta: float32([-(4 - 3) - (6 - 4) - (6 - 4)]),
    },
  },
  {
    name: "NaN wins over any query",
    inputs: { x: float32([[1, NaN, 3, 4]]) },
    options: { ...line, r: 0.5 },
    outputs: { y: float32([[NaN, 4]]) },
    gradients: { x: float32([[0, 1, 0, 1]]) },
  },
  {
    name: "an infinite element that loses does not spoil the size's gradient",
    inputs: { x: float32([[-INF, 2, 5, 1]]) },
    options: { axes: 1 },
    weights: { alpha: float32([2]) },
    outputs: { y: float32([[2, 5]]) },
    gradients: { x: float32([[0, 1, 1, 0]]), alpha: float32([-2.75]) },
  },
  {
    name: "infinite elements between and on queries",
    inputs: { x: float32([[INF, 2, 5, -INF]]) },
    options: { ...line, aggregation: "average" },
    weights: { r: float32([1]) },
    outputs: { y: float32([[INF, INF, -INF, -INF]]) },
    gradients: { // Two queries lie between finite elements.
      r: float32([-6]),
    },
  },
];

checkExamples(dynamicOptimized, exact, { tolerance: { rtol: 0, atol: 0 } });
checkExamples(dynamicOptimized, rounded);
