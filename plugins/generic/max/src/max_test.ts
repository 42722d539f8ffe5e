import { checkExamples, conform, float32, int32 } from "@rockpool/conformance";
import { max } from "./max.ts";

const square = { x: float32([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]) };
const INF = Infinity;

checkExamples(max, [
  {
    name: "padding never wins",
    inputs: square,
    options: { kernelSize: 2, padding: 1, returnIndices: true },
    outputs: {
      y: float32([[[1, 3], [7, 9]]]),
      indices: int32([[[0, 2], [6, 8]]]),
    },
    gradOutput: float32([[[1, 2], [3, 4]]]),
    gradients: { x: float32([[[1, 0, 2], [0, 0, 0], [3, 0, 4]]]) },
  },
  {
    name: "ceilMode adds windows that reach out",
    inputs: square,
    options: { kernelSize: 2, ceilMode: true, returnIndices: true },
    outputs: {
      y: float32([[[5, 6], [8, 9]]]),
      indices: int32([[[4, 5], [7, 8]]]),
    },
  },
  {
    name: "dilation skips elements",
    inputs: square,
    options: { kernelSize: 2, stride: 1, dilation: 2, returnIndices: true },
    outputs: { y: float32([[[9]]]), indices: int32([[[8]]]) },
  },
  {
    name: "the last NaN of several wins and takes the gradient",
    inputs: { x: float32([[[1, NaN, 3, NaN]]]) },
    options: { kernelSize: [1, 4], returnIndices: true },
    outputs: { y: float32([[[NaN]]]), indices: int32([[[3]]]) },
    gradients: { x: float32([[[0, 0, 0, 1]]]) },
  },
  {
    name: "NaN wins over ∞",
    inputs: { x: float32([[INF, NaN], [NaN, INF]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[NaN], [NaN]]) },
  },
  {
    name: "the first of two −∞ wins and takes the gradient",
    inputs: { x: float32([[-INF, -INF]]) },
    options: { kernelSize: [2], returnIndices: true },
    outputs: { y: float32([[-INF]]), indices: int32([[0]]) },
    gradients: { x: float32([[1, 0]]) },
  },
  {
    name: "the first of equal elements takes the whole gradient",
    inputs: { x: float32([[[2, 5], [5, 5]]]) },
    options: { kernelSize: 2, returnIndices: true },
    outputs: { y: float32([[[5]]]), indices: int32([[[1]]]) },
    gradients: { x: float32([[[0, 1], [0, 0]]]) },
  },
  {
    name: "a window without elements gives −∞, no index and no gradient",
    inputs: { x: float32([[3]]) },
    options: {
      kernelSize: [2],
      dilation: [2],
      padding: [1],
      returnIndices: true,
    },
    outputs: { y: float32([[-INF]]), indices: int32([[-1]]) },
    gradients: { x: float32([[0]]) },
  },
  {
    name: "an element that wins twice takes both gradients",
    inputs: { x: float32([[1, 4, 2]]) },
    options: { kernelSize: [2], stride: [1] },
    outputs: { y: float32([[4, 4]]) },
    gradOutput: float32([[3, 5]]),
    gradients: { x: float32([[0, 8, 0]]) },
  },
  {
    name: "channels may stand last",
    inputs: { x: float32([[[1, 40], [2, 30]], [[3, 20], [4, 10]]]) },
    options: { kernelSize: 2, layout: "NHWC", returnIndices: true },
    outputs: { y: float32([[[4, 40]]]), indices: int32([[[3, 0]]]) },
  },
  {
    name: "indices of three axes count depth, height and width",
    inputs: { x: float32([[[[1, 2], [3, 4]], [[5, 9], [7, 8]]]]) },
    options: { kernelSize: [2, 1, 2], returnIndices: true },
    outputs: { y: float32([[[[9], [8]]]]), indices: int32([[[[5], [7]]]]) },
  },
]);

conform(max, { tolerance: { rtol: 1e-5, atol: 1e-6 } });
