import type { Tensor } from "@rockpool/core";
import {
  type BenchCase,
  outputShape,
  type Regions,
  type SlidingWindows,
} from "./bench_case.ts";
import type { OnnxGraph, OnnxNode, OnnxTensorInfo } from "@rockpool/onnx/model";
import type { BenchData } from "./bench_data.ts";

/** Numbers that a graph reads. */
export interface OnnxFeed extends OnnxTensorInfo {
  readonly data: Float32Array | BigInt64Array;
}

/** A graph, and what it reads. */
export interface FedGraph {
  readonly graph: OnnxGraph;
  readonly feeds: readonly OnnxFeed[];
}

/** The nodes of a graph, and what it reads besides `x`. */
interface Nodes {
  readonly nodes: readonly OnnxNode[];
  readonly feeds?: readonly OnnxFeed[];
}

/** A case as a graph from `x` to `y`; undefined where ONNX has none for it. */
export function onnxGraph(
  benchCase: BenchCase,
  { inputs }: BenchData,
): FedGraph | undefined {
  const { layout, direction, shape } = benchCase;
  // ONNX pools the last axes only, and has no gradients.
  if (layout !== "NCHW" || direction !== "forward") return undefined;
  const work = nodesOf(benchCase, inputs);
  if (!work) return undefined;
  const x: OnnxFeed = {
    name: "x",
    shape,
    data: inputs.x.data as Float32Array,
  };
  const feeds = [x, ...work.feeds ?? []];
  return {
    graph: {
      nodes: work.nodes,
      inputs: feeds,
      output: { name: "y", shape: outputShape(benchCase) },
    },
    feeds,
  };
}

function nodesOf(
  benchCase: BenchCase,
  inputs: BenchData["inputs"],
): Nodes | undefined {
  const { op, place, shape } = benchCase;
  const axes = shape.length - 2;
  switch (place.kind) {
    case "windows":
      if (op === "max-unpool") return unpoolNodes(benchCase, inputs, place);
      if (op === "local-importance") {
        const { data, shape } = inputs.logit;
        return {
          nodes: weighted("logit", attributesOf(place, axes)),
          feeds: [{ name: "logit", shape, data: data as Float32Array }],
        };
      }
      return windowNodes(op, attributesOf(place, axes));
    case "adaptive":
      if (place.outputSize > 1 || op !== "global-average") return undefined;
      return {
        nodes: [
          node(
            place.mode === "avg" ? "GlobalAveragePool" : "GlobalMaxPool",
            ["x"],
            "y",
          ),
        ],
      };
    case "regions":
      return regionNodes(op, place, inputs.rois);
    default:
      return undefined;
  }
}

type Attributes = NonNullable<OnnxNode["attributes"]>;

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes?: Attributes,
): OnnxNode {
  return { op, inputs, output, attributes };
}

function attributesOf(
  { kernelSize, stride, padding }: SlidingWindows,
  axes: number,
): Attributes {
  return {
    kernel_shape: Array(axes).fill(kernelSize),
    strides: Array(axes).fill(stride),
    pads: Array(2 * axes).fill(padding),
  };
}

function windowNodes(op: string, attributes: Attributes): Nodes | undefined {
  switch (op) {
    case "max":
      return { nodes: [node("MaxPool", ["x"], "y", attributes)] };
    case "average":
      return { nodes: [node("AveragePool", ["x"], "y", attributes)] };
    case "power-average":
      return { nodes: [node("LpPool", ["x"], "y", { ...attributes, p: 2 })] };
    case "soft":
      return { nodes: weighted("x", attributes) };
    case "mixed":
      return {
        nodes: [
          node("MaxPool", ["x"], "max", attributes),
          node("AveragePool", ["x"], "average", attributes),
          node("Mean", ["max", "average"], "y"),
        ],
      };
    default:
      return undefined;
  }
}

/**
 * The mean weighted by exponentials. The number of elements of a window drops
 * out of the quotient.
 */
function weighted(logit: string, attributes: Attributes): OnnxNode[] {
  return [
    node("Exp", [logit], "weight"),
    node("Mul", ["weight", "x"], "weighted"),
    node("AveragePool", ["weighted"], "sum", attributes),
    node("AveragePool", ["weight"], "total", attributes),
    node("Div", ["sum", "total"], "y"),
  ];
}

/** Indices of ONNX count through the whole output, not inside a plane. */
function unpoolNodes(
  benchCase: BenchCase,
  { indices }: BenchData["inputs"],
  windows: SlidingWindows,
): Nodes {
  const [, , height, width] = outputShape(benchCase);
  const plane = indices.shape[2] * indices.shape[3];
  const data = BigInt64Array.from(
    { length: indices.data.length },
    (_, i) => BigInt(indices.data[i] + Math.floor(i / plane) * height * width),
  );
  const attributes = attributesOf(windows, 2);
  return {
    nodes: [node("MaxUnpool", ["x", "indices"], "y", attributes)],
    feeds: [{ name: "indices", shape: indices.shape, data, type: "int64" }],
  };
}

/** Regions as ONNX reads them: for RoIAlign corners and items apart. */
function regionNodes(
  op: string,
  { outputSize, spatialScale, samplingRatio, count }: Regions,
  rois: Tensor,
): Nodes {
  const scale = { float: spatialScale };
  const data = rois.data as Float32Array;
  if (op === "roi") {
    const attributes = {
      pooled_shape: [outputSize, outputSize],
      spatial_scale: scale,
    };
    return {
      nodes: [node("MaxRoiPool", ["x", "rois"], "y", attributes)],
      feeds: [{ name: "rois", shape: rois.shape, data }],
    };
  }
  const rows = Array.from(
    { length: count },
    (_, i) => data.subarray(5 * i, 5 * i + 5),
  );
  const corners = Float32Array.from(rows.flatMap((row) => [...row.slice(1)]));
  const items = BigInt64Array.from(rows, ([item]) => BigInt(item));
  const attributes = {
    output_height: outputSize,
    output_width: outputSize,
    sampling_ratio: samplingRatio ?? 0,
    spatial_scale: scale,
  };
  return {
    nodes: [node("RoiAlign", ["x", "corners", "items"], "y", attributes)],
    feeds: [
      { name: "corners", shape: [count, 4], data: corners },
      { name: "items", shape: [count], data: items, type: "int64" },
    ],
  };
}
