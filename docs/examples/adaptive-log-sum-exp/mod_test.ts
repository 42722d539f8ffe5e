import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { adaptiveLogSumExp } from "./mod.ts";

const pair = { x: float32([[0, Math.log(3)]]) };
const window = { kernelSize: [2], lowest: 1 };
/** β for a sharpness of 2 above a lowest of 1. */
const beta = float32([0]);

checkExamples(adaptiveLogSumExp, [
  {
    name: "a sharpness of 2 takes the root of the mean of squares",
    inputs: pair,
    options: window,
    weights: { beta },
    outputs: { y: float32([[Math.log((1 + 9) / 2) / 2]]) },
    gradients: {
      x: float32([[1 / 10, 9 / 10]]),
      // dy/dr = (Σ wx − y) / r, and dr/dβ is 1.
      beta: float32([(9 / 10 * Math.log(3) - Math.log(5) / 2) / 2]),
    },
  },
  {
    name: "elements in the hundreds do not overflow",
    inputs: { x: float32([[300, -300]]) },
    options: window,
    outputs: { y: float32([[300 - Math.log(2) / 2]]) },
  },
  {
    name: "infinities and NaN",
    inputs: {
      x: float32([[-Infinity, 1, 1, Infinity, -Infinity, -Infinity, NaN, 1]]),
    },
    options: window,
    outputs: {
      y: float32([[1 - Math.log(2) / 2, Infinity, -Infinity, NaN]]),
    },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(adaptiveLogSumExp);
