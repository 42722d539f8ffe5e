import { PbfWriter } from "pbf";
import type { Shape } from "@rockpool/core";

/** An operator of ONNX with the names of what it reads and writes. */
export interface OnnxNode {
  /** The operator: `MaxPool`. */
  readonly op: string;
  /** Names of what it reads. */
  readonly inputs: readonly string[];
  /** The name of what it writes. */
  readonly output: string;
  /** Names of what it writes besides. */
  readonly furtherOutputs?: readonly string[];
  /** Its attributes. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An integer, a list of them, text, or a number with a fraction. */
export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number };

/** A tensor that a graph reads or writes. */
export interface OnnxTensorInfo {
  /** Its name. */
  readonly name: string;
  /** The sizes, outermost axis first. */
  readonly shape: Shape;
  /** What its elements are; float32 by default. */
  readonly type?: "float32" | "uint8" | "int8" | "int64";
}

/** A graph from some tensors to others. */
export interface OnnxGraph {
  /** Its nodes, each behind those that it reads from. */
  readonly nodes: readonly OnnxNode[];
  /** What is given to it. */
  readonly inputs: readonly OnnxTensorInfo[];
  /** What it gives. */
  readonly output: OnnxTensorInfo;
  /** What it gives besides. */
  readonly furtherOutputs?: readonly OnnxTensorInfo[];
  /** The version of ONNX's own operators; 17 by default. */
  readonly opset?: number;
}

/** The version of the file format, and that of ONNX's own operators. */
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** Numbers that ONNX's schema, onnx.proto, gives to kinds of data. */
const TENSOR_TYPES = { float32: 1, uint8: 2, int8: 3, int64: 7 };
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const STRING_ATTRIBUTE = 3;
const INTS_ATTRIBUTE = 7;

/**
 * A graph as the bytes of an ONNX model. The numbers of the fields are those
 * of the messages in onnx.proto that the functions are named after.
 *
 * @example
 * ```ts
 * import { decodeOnnxModel, encodeOnnxModel } from "@rockpool/onnx/model";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeOnnxModel({
 *   nodes: [{ op: "GlobalMaxPool", inputs: ["x"], output: "y" }],
 *   inputs: [{ name: "x", shape: [1, 3, 4, 4] }],
 *   output: { name: "y", shape: [1, 3, 1, 1] },
 * });
 * assertEquals(decodeOnnxModel(bytes).nodes[0].opType, "GlobalMaxPool");
 * ```
 */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, IR_VERSION);
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(8, writeOperatorSet, graph.opset ?? OPSET_VERSION);
  return writer.finish();
}

function writeOperatorSet(version: number, writer: PbfWriter): void {
  writer.writeStringField(1, "");
  writer.writeVarintField(2, version);
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, "graph");
  for (const input of graph.inputs) {
    writer.writeMessage(11, writeValueInfo, input);
  }
  for (const output of [graph.output, ...graph.furtherOutputs ?? []]) {
    writer.writeMessage(12, writeValueInfo, output);
  }
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of [node.output, ...node.furtherOutputs ?? []]) {
    writer.writeStringField(2, output);
  }
  writer.writeStringField(4, node.op);
  for (const attribute of Object.entries(node.attributes ?? {})) {
    writer.writeMessage(5, writeAttribute, attribute);
  }
}

function writeAttribute(
  [name, value]: [string, OnnxAttribute],
  writer: PbfWriter,
): void {
  writer.writeStringField(1, name);
  if (typeof value === "number") {
    writer.writeVarintField(3, value);
    writer.writeVarintField(20, INT_ATTRIBUTE);
  } else if (typeof value === "string") {
    writer.writeStringField(4, value);
    writer.writeVarintField(20, STRING_ATTRIBUTE);
  } else if ("float" in value) {
    writer.writeFloatField(2, value.float);
    writer.writeVarintField(20, FLOAT_ATTRIBUTE);
  } else {
    for (const item of value) writer.writeVarintField(8, item);
    writer.writeVarintField(20, INTS_ATTRIBUTE);
  }
}

function writeValueInfo(tensor: OnnxTensorInfo, writer: PbfWriter): void {
  writer.writeStringField(1, tensor.name);
  writer.writeMessage(2, writeType, tensor);
}

function writeType(tensor: OnnxTensorInfo, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, tensor);
}

function writeTensorType(
  { shape, type = "float32" }: OnnxTensorInfo,
  writer: PbfWriter,
): void {
  writer.writeVarintField(1, TENSOR_TYPES[type]);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: Shape, writer: PbfWriter): void {
  for (const length of shape) writer.writeMessage(1, writeDimension, length);
}

function writeDimension(length: number, writer: PbfWriter): void {
  writer.writeVarintField(1, length);
}
