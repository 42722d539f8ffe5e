import { PbfWriter } from "pbf";
import type { Shape } from "@rockpool/core";

/** An operator of ONNX with the names of what it reads and writes. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An integer, a list of them, or a number with a fraction. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | { readonly float: number };

/** A tensor that a graph reads or writes. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
  /** What its elements are; float32 by default. */
  readonly type?: "float32" | "int64";
}

/** A graph from some tensors to another. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxTensor[];
  readonly output: OnnxTensor;
}

/** The version of the file format, and that of ONNX's own operators. */
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** Numbers that ONNX's schema, onnx.proto, gives to kinds of data. */
const TENSOR_TYPES = { float32: 1, int64: 7 };
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;

/**
 * A graph as the bytes of an ONNX model. The numbers of the fields are those
 * of the messages in onnx.proto that the functions are named after.
 */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(1, IR_VERSION);
  writer.writeMessage(7, writeGraph, graph);
  writer.writeMessage(8, writeOperatorSet, OPSET_VERSION);
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
  writer.writeMessage(12, writeValueInfo, graph.output);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  writer.writeStringField(2, node.output);
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
  } else if ("float" in value) {
    writer.writeFloatField(2, value.float);
    writer.writeVarintField(20, FLOAT_ATTRIBUTE);
  } else {
    for (const item of value) writer.writeVarintField(8, item);
    writer.writeVarintField(20, INTS_ATTRIBUTE);
  }
}

function writeValueInfo(tensor: OnnxTensor, writer: PbfWriter): void {
  writer.writeStringField(1, tensor.name);
  writer.writeMessage(2, writeType, tensor);
}

function writeType(tensor: OnnxTensor, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, tensor);
}

function writeTensorType(
  { shape, type = "float32" }: OnnxTensor,
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
