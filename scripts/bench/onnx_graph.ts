import {
  type BenchCase,
  type BenchRegions,
  type BenchWindows,
  outputShape,
} from "./bench_case.ts";
import type { OnnxGraph, OnnxNode, OnnxTensor } from "./onnx_model.ts";

/** Numbers that a graph reads besides `x`. */
export interface OnnxFeed extends OnnxTensor {
  readonly data: Float32Array | BigInt64Array;
}

/** A graph, and what it reads besides `x`. */
export interface FedGraph {
  readonly graph: OnnxGraph;
  readonly feeds: readonly OnnxFeed[];
}

/** A case as a graph from `x` to `y`; undefined where ONNX has none for it. */
export function onnxGraph(benchCase: BenchCase): FedGraph | undefined {
  const { layout, direction, place, op, shape } = benchCase;
  // ONNX pools the last axes only, and has no gradients.
  if (layout !== "NCHW" || direction !== "forward") return undefined;
  const { nodes, feeds }: { nodes: OnnxNode[]; feeds: OnnxFeed[] } =
    place === "whole"
      ? {
        nodes: [{ op: "GlobalAveragePool", inputs: ["x"], output: "y" }],
        feeds: [],
      }
      : "regions" in place
      ? regionNodes(op, place.regions)
      : { nodes: windowNodes(op, place.windows), feeds: [] };
  return {
    graph: {
      nodes,
      inputs: [{ name: "x", shape }, ...feeds],
      output: { name: "y", shape: outputShape(benchCase) },
    },
    feeds,
  };
}

function windowNodes(op: BenchCase["op"], windows: BenchWindows): OnnxNode[] {
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
  throw new TypeError(`Cannot compare ${op} over windows: ONNX has no such`);
}

/** Regions as ONNX reads them: for RoIAlign corners and items apart. */
function regionNodes(
  op: BenchCase["op"],
  { rois, outputSize, spatialScale, samplingRatio = 0 }: BenchRegions,
): { nodes: OnnxNode[]; feeds: OnnxFeed[] } {
  const scale = { float: spatialScale };
  if (op === "roi") {
    const attributes = {
      pooled_shape: [outputSize, outputSize],
      spatial_scale: scale,
    };
    return {
      nodes: [{
        op: "MaxRoiPool",
        inputs: ["x", "rois"],
        output: "y",
        attributes,
      }],
      feeds: [{ name: "rois", ...rois }],
    };
  }
  const [count] = rois.shape;
  const rows = Array.from(
    { length: count },
    (_, i) => rois.data.subarray(5 * i, 5 * i + 5),
  );
  const corners = Float32Array.from(rows.flatMap((row) => [...row.slice(1)]));
  const items = BigInt64Array.from(rows, ([item]) => BigInt(item));
  return {
    nodes: [{
      op: "RoiAlign",
      inputs: ["x", "corners", "items"],
      output: "y",
      attributes: {
        output_height: outputSize,
        output_width: outputSize,
        sampling_ratio: samplingRatio,
        spatial_scale: scale,
      },
    }],
    feeds: [
      { name: "corners", shape: [count, 4], data: corners },
      { name: "items", shape: [count], data: items, type: "int64" },
    ],
  };
}
