import { checkExamples, conform, float32, makeTensor } from "@rockpool/conformance";
import { bilinear } from "../mod.ts";

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
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(bilinear, {});
