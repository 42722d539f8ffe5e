import { type BenchCase, outputShape } from "./bench_case.ts";
import type { OnnxGraph, OnnxNode } from "./onnx_model.ts";

/** A case as a graph from `x` to `y`; undefined where ONNX has none for it. */
export function onnxGraph(benchCase: BenchCase): OnnxGraph | undefined {
  // ONNX pools the last axes only, and has no gradients.
  if (benchCase.layout !== "NCHW" || benchCase.direction !== "forward") {
    return undefined;
  }
  return {
    nodes: nodesOf(benchCase),
    input: { name: "x", shape: benchCase.shape },
    output: { name: "y", shape: outputShape(benchCase) },
  };
}

function nodesOf({ op, windows }: BenchCase): OnnxNode[] {
  const { kernelSize, stride, padding } = windows;
  const attributes = {
    kernel_shape: [kernelSize, kernelSize],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
  const pool = (op: string, input: string, output: string): OnnxNode => ({
    op,
    inputs: [input],
    output,
    attributes,
  });
  switch (op) {
    case "max":
      return [pool("MaxPool", "x", "y")];
    case "average":
      return [pool("AveragePool", "x", "y")];
    case "soft":
      // The number of elements of a window drops out of the quotient.
      return [
        { op: "Exp", inputs: ["x"], output: "weight" },
        { op: "Mul", inputs: ["weight", "x"], output: "weighted" },
        pool("AveragePool", "weighted", "sum"),
        pool("AveragePool", "weight", "total"),
        { op: "Div", inputs: ["sum", "total"], output: "y" },
      ];
  }
}
