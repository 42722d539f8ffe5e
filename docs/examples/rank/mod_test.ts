import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { rank } from "./mod.ts";

const six = { x: float32([[4, 1, 3, 3, -2, 0]]) };
const window = { kernelSize: [6] };

checkExamples(rank, [
  {
    name: "the greatest alone is max pooling",
    inputs: six,
    options: { ...window, top: 1 },
    outputs: { y: float32([[4]]) },
    gradients: { x: float32([[1, 0, 0, 0, 0, 0]]) },
  },
  {
    name: "equal elements take a rank each",
    inputs: six,
    options: { ...window, top: 4 },
    outputs: { y: float32([[(4 + 3 + 3 + 1) / 4]]) },
  },
  {
    name: "a group of equal elements is cut where the ranks end",
    inputs: six,
    options: { ...window, top: 2 },
    outputs: { y: float32([[(4 + 3) / 2]]) },
  },
  {
    name: "a window with fewer elements is their mean",
    inputs: six,
    options: { kernelSize: [2], top: 5 },
    outputs: { y: float32([[2.5, 3, -1]]) },
    gradients: { x: float32([[.5, .5, 1, 0, .5, .5]]) },
  },
  {
    name: "geometric weights halve from rank to rank",
    inputs: { x: float32([[8, 0, 4]]) },
    options: { kernelSize: [3], top: 3, weighting: "geometric" },
    outputs: { y: float32([[(8 * 4 + 4 * 2 + 0 * 1) / 7]]) },
    gradients: { x: float32([[4 / 7, 1 / 7, 2 / 7]]) },
  },
  {
    name: "−∞ counts where it has a rank, NaN always",
    inputs: { x: float32([[-Infinity, 3, 1, NaN, 1, 2]]) },
    options: { kernelSize: [3], top: 2 },
    outputs: { y: float32([[2, NaN]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(rank);
