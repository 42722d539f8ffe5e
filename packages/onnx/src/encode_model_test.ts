import { assertEquals } from "@std/assert";
import { PbfReader } from "pbf";
import { encodeOnnxModel } from "./encode_model.ts";

type Fields = Record<number, (number | string | Uint8Array)[]>;

/** The fields of a message: numbers, and what has a length as bytes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const read = (tag: number, fields: Fields, reader: PbfReader) => {
    const value = reader.type === 0
      ? reader.readVarint()
      : reader.type === 5
      ? reader.readFloat()
      : reader.readBytes();
    (fields[tag] ??= []).push(value);
  };
  return new PbfReader(bytes).readFields<Fields>(read, {});
}

function messageAt(bytes: Uint8Array, path: readonly number[]): Fields {
  return path.reduce(
    (fields, tag) => fieldsOf(fields[tag][0] as Uint8Array),
    fieldsOf(bytes),
  );
}

function texts(values: Fields[number]): string[] {
  return values.map((value) => new TextDecoder().decode(value as Uint8Array));
}

const bytes = encodeOnnxModel({
  nodes: [{
    op: "MaxPool",
    inputs: ["x"],
    output: "y",
    attributes: { kernel_shape: [3, 2], ceil_mode: 1, scale: { float: 0.5 } },
  }],
  inputs: [
    { name: "x", shape: [1, 300, 6, 8] },
    { name: "items", shape: [4], type: "int64" },
  ],
  output: { name: "y", shape: [1, 300, 2, 4] },
});

Deno.test("encodeOnnxModel() states the versions that it is written in", () => {
  assertEquals(fieldsOf(bytes)[1], [8]);
  assertEquals(messageAt(bytes, [8])[2], [17]);
});

Deno.test("encodeOnnxModel() writes a node with its attributes", () => {
  const node = messageAt(bytes, [7, 1]);
  assertEquals(texts(node[1]), ["x"]);
  assertEquals(texts(node[2]), ["y"]);
  assertEquals(texts(node[4]), ["MaxPool"]);
  const [kernelShape, ceilMode, scale] = node[5].map((it) =>
    fieldsOf(it as Uint8Array)
  );
  assertEquals(texts(kernelShape[1]), ["kernel_shape"]);
  assertEquals([kernelShape[8], kernelShape[20]], [[3, 2], [7]]);
  assertEquals(texts(ceilMode[1]), ["ceil_mode"]);
  assertEquals([ceilMode[3], ceilMode[20]], [[1], [2]]);
  assertEquals([scale[2], scale[20]], [[0.5], [1]]);
});

Deno.test("encodeOnnxModel() writes the shapes of input and output", () => {
  const lengths = (field: number) =>
    messageAt(bytes, [7, field, 2, 1, 2])[1].map((it) =>
      fieldsOf(it as Uint8Array)[1][0]
    );
  assertEquals(lengths(11), [1, 300, 6, 8]);
  assertEquals(lengths(12), [1, 300, 2, 4]);
  const types = messageAt(bytes, [7])[11].map((input) =>
    messageAt(input as Uint8Array, [2, 1])[1]
  );
  assertEquals(types, [[1], [7]]);
});
