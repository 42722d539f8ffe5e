import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { average } from "./mod.ts";

const square = { x: float32([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]) };

checkExamples(average, [
  {
    name: "padding counts as zeros",
    inputs: square,
    options: { kernelSize: 2, padding: 1 },
    outputs: { y: float32([[[0.25, 1.25], [2.75, 7]]]) },
  },
  {
    name: "padding does not count without countIncludePad",
    inputs: square,
    options: { kernelSize: 2, padding: 1, countIncludePad: false },
    outputs: { y: float32([[[1, 2.5], [5.5, 7]]]) },
  },
  {
    name: "divisorOverride divides every sum",
    inputs: square,
    options: { kernelSize: 2, padding: 1, divisorOverride: 3 },
    outputs: { y: float32([[[1 / 3, 5 / 3], [11 / 3, 28 / 3]]]) },
  },
  {
    name: "divisorOverride may be negative",
    inputs: { x: float32([[1, 2]]) },
    options: { kernelSize: [2], divisorOverride: -2 },
    outputs: { y: float32([[-1.5]]) },
    gradients: { x: float32([[-0.5, -0.5]]) },
  },
  {
    name: "what ceilMode adds beyond the padding does not count",
    inputs: square,
    options: { kernelSize: 2, ceilMode: true },
    outputs: { y: float32([[[3, 4.5], [7.5, 9]]]) },
    gradients: {
      x: float32([[[.25, .25, .5], [.25, .25, .5], [.5, .5, 1]]]),
    },
  },
  {
    name: "padding that ceilMode reaches counts up to its end",
    inputs: { x: float32([[6, 6, 6, 6]]) },
    options: { kernelSize: [3], stride: [2], padding: [1], ceilMode: true },
    // The last window holds one element, one padding and one beyond.
    outputs: { y: float32([[4, 6, 3]]) },
  },
  {
    name: "each side has a padding of its own",
    inputs: { x: float32([[2, 4]]) },
    options: { kernelSize: [2], stride: [1], padding: [[0, 1]] },
    outputs: { y: float32([[3, 2]]) },
  },
  {
    name: "a window without elements gives 0",
    inputs: { x: float32([[3]]) },
    options: { kernelSize: [2], dilation: [2], padding: [1] },
    outputs: { y: float32([[0]]) },
    gradients: { x: float32([[0]]) },
  },
  {
    name: "a window without elements or padding gives 0 as well",
    inputs: { x: float32([[3]]) },
    options: {
      kernelSize: [2],
      dilation: [2],
      padding: [1],
      countIncludePad: false,
    },
    outputs: { y: float32([[0]]) },
  },
  {
    name: "NaN gives NaN, ∞ gives ∞, ∞ and −∞ give NaN",
    inputs: {
      x: float32([[1, NaN, 1, Infinity, Infinity, -Infinity]]),
    },
    options: { kernelSize: [2] },
    outputs: { y: float32([[NaN, Infinity, NaN]]) },
  },
]);

conform(average, { tolerance: { rtol: 1e-5, atol: 1e-6 } });
