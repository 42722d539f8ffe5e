import { PbfWriter } from "pbf";
import type { Shape } from "@rockpool/core";

/** An operator of ONNX with the names of what it reads and writes. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Attributes: integers or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** A float32 tensor that a graph reads or writes. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: Shape;
}

/** A graph from one tensor to another. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly input: OnnxTensor;
  readonly output: OnnxTensor;
}

/** The version of the file format, and that of ONNX's own operators. */
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** Numbers that ONNX's schema, onnx.proto, gives to kinds of data. */
const FLOAT = 1;
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
  writer.writeMessage(11, writeValueInfo, graph.input);
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
  [name, value]: [string, number | readonly number[]],
  writer: PbfWriter,
): void {
  writer.writeStringField(1, name);
  if (typeof value === "number") {
    writer.writeVarintField(3, value);
    writer.writeVarintField(20, INT_ATTRIBUTE);
  } else {
    for (const item of value) writer.writeVarintField(8, item);
    writer.writeVarintField(20, INTS_ATTRIBUTE);
  }
}

function writeValueInfo({ name, shape }: OnnxTensor, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, writeType, shape);
}

function writeType(shape: Shape, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, shape);
}

function writeTensorType(shape: Shape, writer: PbfWriter): void {
  writer.writeVarintField(1, FLOAT);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: Shape, writer: PbfWriter): void {
  for (const length of shape) writer.writeMessage(1, writeDimension, length);
}

function writeDimension(length: number, writer: PbfWriter): void {
  writer.writeVarintField(1, length);
}
