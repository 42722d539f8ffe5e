import { PbfReader } from "pbf";
import { sizeOf } from "@rockpool/core";
import type { OnnxTensor } from "./tensors.ts";
import type { PlainAttribute } from "./attributes.ts";

/** A node of a model, its attributes as plain values. */
export interface DecodedNode {
  /** The operator: `MaxPool`. */
  readonly opType: string;
  /** What it is called; may be empty. */
  readonly name: string;
  /** The domain of the operator; ONNX's own is empty. */
  readonly domain: string;
  /** Names of what it reads; an empty one is left out. */
  readonly input: readonly string[];
  /** Names of what it writes; an empty one is not wanted. */
  readonly output: readonly string[];
  /** Its attributes: those that are numbers, text or lists of integers. */
  readonly attributes: Readonly<Record<string, PlainAttribute>>;
}

/** What a model holds, as far as nodes that pool need it. */
export interface DecodedModel {
  /** The version of ONNX's own operators. */
  readonly opset: number;
  /** The nodes of its graph. */
  readonly nodes: readonly DecodedNode[];
  /** Names of what is given to it. */
  readonly inputs: readonly string[];
  /** Names of what it gives. */
  readonly outputs: readonly string[];
  /** Tensors that lie in the model, by name. */
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
}

interface Graph {
  nodes: DecodedNode[];
  inputs: string[];
  outputs: string[];
  initializers: Map<string, OnnxTensor>;
}

/**
 * The nodes of an ONNX model from its bytes. The numbers of the fields are
 * those of the messages in onnx.proto that the functions are named after.
 *
 * @throws {TypeError} where the bytes are no model, or an initializer has its
 * data outside the model or in a type that is not read
 */
export function decodeOnnxModel(bytes: Uint8Array): DecodedModel {
  const model = {
    opset: 1,
    graph: undefined as Graph | undefined,
  };
  new PbfReader(bytes).readFields((tag, model, reader) => {
    if (tag === 7) model.graph = readMessage(reader, readGraph, emptyGraph());
    if (tag === 8) {
      const { domain, version } = readMessage(reader, readOperatorSet, {
        domain: "",
        version: 1,
      });
      if (domain === "" || domain === "ai.onnx") model.opset = version;
    }
  }, model);
  const { opset, graph } = model;
  if (!graph) {
    throw new TypeError(
      "Cannot read a model of ONNX: the bytes hold no graph",
    );
  }
  return { opset, ...graph };
}

/**
 * A tensor of ONNX from the bytes of a TensorProto.
 *
 * @throws {TypeError} where its data lies elsewhere or in a type that is not
 * read: float32, uint8, int8, int32 and int64 are
 */
export function decodeOnnxTensor(bytes: Uint8Array): OnnxTensor {
  const fields = emptyTensor();
  new PbfReader(bytes).readFields(readTensor, fields);
  return tensorOf(fields);
}

type ReadField<T> = (tag: number, into: T, reader: PbfReader) => void;

function readMessage<T>(reader: PbfReader, read: ReadField<T>, into: T): T {
  return reader.readMessage(read, into);
}

function emptyGraph(): Graph {
  return { nodes: [], inputs: [], outputs: [], initializers: new Map() };
}

function readGraph(tag: number, graph: Graph, reader: PbfReader): void {
  if (tag === 1) {
    graph.nodes.push(readMessage(reader, readNode, {
      opType: "",
      name: "",
      domain: "",
      input: [],
      output: [],
      attributes: {},
    }));
  } else if (tag === 5) {
    const fields = readMessage(reader, readTensor, emptyTensor());
    graph.initializers.set(fields.name, tensorOf(fields));
  } else if (tag === 11 || tag === 12) {
    const { name } = readMessage(reader, readName, { name: "" });
    (tag === 11 ? graph.inputs : graph.outputs).push(name);
  }
}

function readName(
  tag: number,
  named: { name: string },
  reader: PbfReader,
): void {
  if (tag === 1) named.name = reader.readString();
}

function readOperatorSet(
  tag: number,
  set: { domain: string; version: number },
  reader: PbfReader,
): void {
  if (tag === 1) set.domain = reader.readString();
  if (tag === 2) set.version = reader.readVarint(true);
}

interface NodeFields {
  opType: string;
  name: string;
  domain: string;
  input: string[];
  output: string[];
  attributes: Record<string, PlainAttribute>;
}

function readNode(tag: number, node: NodeFields, reader: PbfReader): void {
  if (tag === 1) node.input.push(reader.readString());
  if (tag === 2) node.output.push(reader.readString());
  if (tag === 3) node.name = reader.readString();
  if (tag === 4) node.opType = reader.readString();
  if (tag === 7) node.domain = reader.readString();
  if (tag !== 5) return;
  const fields = readMessage(reader, readAttribute, {
    name: "",
    type: 0,
    ints: [],
  });
  const value = valueOf(fields);
  if (value !== undefined) node.attributes[fields.name] = value;
}

interface AttributeFields {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: string;
  ints: number[];
}

function readAttribute(
  tag: number,
  attribute: AttributeFields,
  reader: PbfReader,
): void {
  if (tag === 1) attribute.name = reader.readString();
  if (tag === 2) attribute.f = reader.readFloat();
  if (tag === 3) attribute.i = reader.readVarint(true);
  if (tag === 4) attribute.s = reader.readString();
  if (tag === 8) reader.readPackedVarint(attribute.ints, true);
  if (tag === 20) attribute.type = reader.readVarint();
}

/** What an attribute holds, by the number of its type. */
function valueOf(
  { type, f = 0, i = 0, s = "", ints }: AttributeFields,
): PlainAttribute | undefined {
  return { 1: f, 2: i, 3: s, 7: ints }[type];
}

interface TensorFields {
  name: string;
  dims: number[];
  type: number;
  floats: number[];
  small: number[];
  integers: number[];
  raw: Uint8Array | undefined;
  isOutside: boolean;
}

function emptyTensor(): TensorFields {
  return {
    name: "",
    dims: [],
    type: 0,
    floats: [],
    small: [],
    integers: [],
    raw: undefined,
    isOutside: false,
  };
}

function readTensor(
  tag: number,
  tensor: TensorFields,
  reader: PbfReader,
): void {
  if (tag === 1) reader.readPackedVarint(tensor.dims, true);
  if (tag === 2) tensor.type = reader.readVarint();
  if (tag === 4) reader.readPackedFloat(tensor.floats);
  if (tag === 5) reader.readPackedVarint(tensor.small, true);
  if (tag === 7) reader.readPackedVarint(tensor.integers, true);
  if (tag === 8) tensor.name = reader.readString();
  if (tag === 9) tensor.raw = reader.readBytes();
  if (tag === 14) tensor.isOutside = reader.readVarint() !== 0;
}

function tensorOf(fields: TensorFields): OnnxTensor {
  const { name, dims, type, floats, small, integers, raw } = fields;
  if (fields.isOutside) {
    throw new TypeError(
      `Cannot read tensor "${name}": its data lies outside the model`,
    );
  }
  // A copy begins at a multiple of the size of an element.
  const buffer = raw && new Uint8Array(raw).buffer;
  const size = buffer ? sizeOf(dims) : 0;
  switch (type) {
    case 1:
      return {
        type: "float32",
        dims,
        data: buffer
          ? new Float32Array(buffer, 0, size)
          : Float32Array.from(floats),
      };
    case 2:
      return {
        type: "uint8",
        dims,
        data: buffer ? new Uint8Array(buffer) : Uint8Array.from(small),
      };
    case 3:
      return {
        type: "int8",
        dims,
        data: buffer ? new Int8Array(buffer) : Int8Array.from(small),
      };
    case 6:
      return {
        type: "int32",
        dims,
        data: buffer ? new Int32Array(buffer, 0, size) : Int32Array.from(small),
      };
    case 7:
      return {
        type: "int64",
        dims,
        data: buffer
          ? new BigInt64Array(buffer, 0, size)
          : BigInt64Array.from(integers, BigInt),
      };
    default:
      throw new TypeError(
        `Cannot read tensor "${name}": its type has number ${type}, float32, uint8, int8, int32 or int64 is needed`,
      );
  }
}
