import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { soft } from "./mod.ts";

const INF = Infinity;
const square = { x: float32([[[1, 2], [3, 4]]]) };

checkExamples(soft, [
  {
    name: "weights are the softmax of the elements",
    inputs: square,
    options: {},
    outputs: { y: float32([[[3.4926527]]]) },
    gradients: {
      x: float32([[[-.0478524, -.0429319], [.1201819, .9706024]]]),
    },
  },
  {
    name: "the paper's gradient is the weights",
    inputs: square,
    options: { gradient: "paper" },
    outputs: { y: float32([[[3.4926527]]]) },
    gradients: {
      x: float32([[[.0320586, .0871443], [.2368828, .6439143]]]),
    },
  },
  {
    name: "temperature 2 weights twice the elements",
    inputs: { x: float32([[0, Math.log(3)]]) },
    options: { kernelSize: [2], temperature: 2 },
    outputs: { y: float32([[Math.log(3) * 9 / 10]]) },
  },
  {
    name: "elements in the hundreds neither overflow nor vanish",
    inputs: { x: float32([[100, 100, -200, -200, 100, -100]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[100, -200, 100]]) },
  },
  {
    name: "negative outputs are kept",
    inputs: { x: float32([[-3, -3, -3]]) },
    options: { kernelSize: [3] },
    outputs: { y: float32([[-3]]) },
  },
  {
    name: "padding has no weight",
    inputs: { x: float32([[2, 5]]) },
    options: { kernelSize: [2], padding: [1] },
    outputs: { y: float32([[2, 5]]) },
    gradients: { x: float32([[1, 1]]) },
  },
  {
    name: "−∞ has weight 0 beside a number",
    inputs: { x: float32([[-INF, 3]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[3]]) },
    gradients: { x: float32([[0, 1]]) },
  },
  {
    name: "−∞ alone gives −∞, shared evenly",
    inputs: { x: float32([[-INF, -INF]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[-INF]]) },
    gradients: { x: float32([[.5, .5]]) },
  },
  {
    name: "+∞ takes all, shared evenly",
    inputs: { x: float32([[1, INF, INF, 2]]) },
    options: { kernelSize: [4] },
    outputs: { y: float32([[INF]]) },
    gradients: { x: float32([[0, .5, .5, 0]]) },
  },
  {
    name: "NaN gives NaN",
    inputs: { x: float32([[1, NaN]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[NaN]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(soft, {
  skip: {
    finiteDifferences: {
      where: ({ options }) => options.gradient === "paper",
      reason: "the paper holds the weights constant",
    },
  },
});
