import { assertEquals, assertThrows } from "@std/assert";
import protobufjs from "onnx-proto";
import { decodeOnnxModel, decodeOnnxTensor } from "./decode_model.ts";

const { ModelProto, TensorProto } = protobufjs.onnx;

Deno.test("decodeOnnxModel() reads what another library has written", () => {
  const bytes = ModelProto.encode(ModelProto.create({
    irVersion: 8,
    opsetImport: [
      { domain: "com.microsoft", version: 1 },
      { domain: "", version: 18 },
    ],
    graph: {
      node: [{
        opType: "LpPool",
        name: "norm",
        input: ["x"],
        output: ["y"],
        attribute: [
          { name: "kernel_shape", type: 7, ints: [2, 300] },
          { name: "auto_pad", type: 3, s: new TextEncoder().encode("VALID") },
          { name: "p", type: 2, i: -3 },
          { name: "scale", type: 1, f: 0.5 },
          { name: "of_another_kind", type: 6, floats: [1] },
        ],
      }],
      initializer: [{
        name: "sizes",
        dims: [2],
        dataType: 7,
        int64Data: [5, -1],
      }],
      input: [{ name: "x" }],
      output: [{ name: "y" }],
    },
  })).finish();
  assertEquals(decodeOnnxModel(bytes), {
    opset: 18,
    nodes: [{
      opType: "LpPool",
      name: "norm",
      domain: "",
      input: ["x"],
      output: ["y"],
      attributes: {
        kernel_shape: [2, 300],
        auto_pad: "VALID",
        p: -3,
        scale: 0.5,
      },
    }],
    inputs: ["x"],
    outputs: ["y"],
    initializers: new Map([[
      "sizes",
      { type: "int64", dims: [2], data: BigInt64Array.of(5n, -1n) },
    ]]),
  });
});

Deno.test("decodeOnnxModel() refuses bytes without a graph", () => {
  assertThrows(
    () => decodeOnnxModel(new Uint8Array()),
    TypeError,
    "Cannot read a model of ONNX: the bytes hold no graph",
  );
});

const raw = (array: ArrayBufferView<ArrayBuffer>) => ({
  rawData: new Uint8Array(array.buffer),
});
const tensors = {
  float32: [1, Float32Array.of(1.5, -2), { floatData: [1.5, -2] }],
  uint8: [2, Uint8Array.of(7, 255), { int32Data: [7, 255] }],
  int8: [3, Int8Array.of(7, -1), { int32Data: [7, -1] }],
  int32: [6, Int32Array.of(7, -1), { int32Data: [7, -1] }],
  int64: [7, BigInt64Array.of(7n, -1n), { int64Data: [7, -1] }],
} as const;
for (const [type, [dataType, data, field]] of Object.entries(tensors)) {
  Deno.test(`decodeOnnxTensor() reads ${type}, as a field and raw`, () => {
    for (const numbers of [field, raw(data)]) {
      const message = TensorProto.create({
        dims: [1, 2],
        dataType,
        ...numbers as object,
      });
      const bytes = TensorProto.encode(message).finish();
      assertEquals(decodeOnnxTensor(bytes), { type, dims: [1, 2], data });
    }
  });
}

Deno.test("decodeOnnxTensor() refuses what it does not read", () => {
  const of = (fields: object) => () =>
    decodeOnnxTensor(TensorProto.encode(TensorProto.create(fields)).finish());
  assertThrows(
    of({ name: "w", dims: [1], dataType: 10 }),
    TypeError,
    'Cannot read tensor "w": its type has number 10',
  );
  assertThrows(
    of({ name: "w", dims: [1], dataType: 1, dataLocation: 1 }),
    TypeError,
    'Cannot read tensor "w": its data lies outside the model',
  );
});
