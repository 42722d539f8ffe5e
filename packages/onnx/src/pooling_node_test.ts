import { fromBinary } from "@bufbuild/protobuf";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ModelProtoSchema } from "onnx-buf";
import protobufjs from "onnx-proto";
import { encodeOnnxModel } from "./encode_model.ts";
import {
  type NodeMessage,
  type NodeOptions,
  type PlainNode,
  poolingNode,
} from "./pooling_node.ts";
import { runNode } from "./run_node.ts";
import type { OnnxTensor } from "./tensors.ts";

const bytes = encodeOnnxModel({
  nodes: [{
    op: "MaxPool",
    inputs: ["x"],
    output: "y",
    furtherOutputs: ["places"],
    attributes: {
      auto_pad: "SAME_LOWER",
      kernel_shape: [3, 2],
      strides: [2, 1],
      storage_order: 1,
    },
  }],
  inputs: [{ name: "x", shape: [1, 1, 4, 4] }],
  output: { name: "y", shape: [1, 1, 2, 4] },
  furtherOutputs: [{ name: "places", shape: [1, 1, 2, 4], type: "int64" }],
});

const decoders: Record<string, () => NodeMessage | undefined> = {
  "onnx-buf": () => fromBinary(ModelProtoSchema, bytes).graph?.node[0],
  "onnx-proto": () => protobufjs.onnx.ModelProto.decode(bytes).graph?.node?.[0],
};
for (const [library, decode] of Object.entries(decoders)) {
  Deno.test(`poolingNode() reads a NodeProto that ${library} decodes`, () => {
    const node = poolingNode(decode() as NodeMessage, { opset: 17 });
    assertEquals(node.label, "MaxPool");
    assertEquals(node.wantsIndices, true);
    const { op, options, indices } = node.plan([1, 1, 4, 4]);
    assertEquals(op.name, "max");
    assertEquals(options, {
      kernelSize: [3, 2],
      stride: [2, 1],
      dilation: [1, 1],
      axes: 2,
      returnIndices: true,
      padding: [[1, 0], [1, 0]],
      ceilMode: false,
    });
    assertEquals(indices?.columnMajor, true);
  });
}

Deno.test("poolingNode() reads the float and text of messages", () => {
  const attribute = [
    { name: "spatial_scale", type: "FLOAT", f: 0.5 },
    { name: "mode", type: 3, s: new TextEncoder().encode("max") },
    { name: "output_height", type: 2, i: 3n },
  ];
  const node = poolingNode({ opType: "RoiAlign", name: "align", attribute });
  assertEquals(node.label, 'RoiAlign "align"');
  const { spatial_scale, mode, output_height } = node.attributes;
  assertEquals([spatial_scale, mode, output_height], [0.5, "max", 3]);
});

Deno.test("RoiAlign takes half a pixel off by default since opset 16", () => {
  const rois = tensor([1, 4], [0, 0, 1, 1]);
  const items = { type: "int64", dims: [1], data: BigInt64Array.of(0n) };
  const aligned = (opset: number) =>
    poolingNode({ opType: "RoiAlign" }, { opset })
      .plan([1, 1, 4, 4], [rois, items]).options.aligned;
  assertEquals([10, 15, 16, 22].map(aligned), [false, false, true, true]);
});

Deno.test("the p of LpPool may have a fraction in opset 1", () => {
  const node = { opType: "LpPool", attributes: { kernel_shape: [2], p: 2.5 } };
  const { options } = poolingNode(node, { opset: 1 }).plan([1, 1, 4]);
  assertEquals(options.normType, 2.5);
});

const pool = { kernel_shape: [2, 2] };
const refusedNodes: [
  node: PlainNode | NodeMessage,
  options: NodeOptions,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [{ opType: "MaxPol" }, {}, TypeError, "no pooling operator of ONNX"],
  [{ opType: "Conv" }, {}, TypeError, "Cannot read Conv"],
  [{}, {}, TypeError, "Cannot read a node without an operator"],
  [
    { opType: "MaxPool", domain: "com.microsoft", attribute: [] },
    {},
    TypeError,
    "Cannot read MaxPool of domain com.microsoft",
  ],
  [
    { opType: "MaxPool", name: "pool1" },
    {},
    TypeError,
    'Cannot read MaxPool "pool1": its attribute kernel_shape is missing, a list of integers of at least 1 is needed',
  ],
  [
    { opType: "MaxPool", attributes: { ...pool, kernel_size: 2 } },
    {},
    TypeError,
    "it has no attribute kernel_size: did you mean",
  ],
  [
    { opType: "MaxPool", attributes: { ...pool, ceil_mode: 1 } },
    { opset: 9 },
    TypeError,
    "its attribute ceil_mode came with opset 10, the node is of opset 9",
  ],
  [
    { opType: "AveragePool", attributes: { ...pool, dilations: [2, 2] } },
    { opset: 18 },
    TypeError,
    "its attribute dilations came with opset 19",
  ],
  [
    { opType: "LpPool", attributes: { ...pool, p: 2.5 } },
    {},
    RangeError,
    "its attribute p is 2.5, an integer of at least 1 is needed",
  ],
  [
    { opType: "MaxPool", attributes: { ...pool, auto_pad: "SAME" } },
    {},
    RangeError,
    'its attribute auto_pad is "SAME", "NOTSET" or "SAME_UPPER"',
  ],
  [
    { opType: "MaxPool", attributes: { ...pool, pads: [-1, 0, 0, 0] } },
    {},
    RangeError,
    "its attribute pads is [-1, 0, 0, 0], a list of integers of at least 0",
  ],
  [
    { opType: "MaxPool", attributes: { ...pool, strides: 2 } },
    {},
    TypeError,
    "its attribute strides is 2, a list of integers",
  ],
  [
    {
      opType: "MaxPool",
      attribute: [
        { name: "kernel_shape", type: 7, ints: [2] },
        { name: "ceil_mode", type: 1, f: 1, i: 0 },
      ],
    },
    {},
    TypeError,
    "its attribute ceil_mode is 1, an integer of at least 0 and of at most 1",
  ],
  [
    {
      opType: "MaxPool",
      attribute: [{ name: "kernel_shape", refAttrName: "size" }],
    },
    {},
    TypeError,
    "its attribute kernel_shape stands for size of a function",
  ],
  [
    {
      opType: "GlobalLpPool",
      attribute: [{ name: "p", i: 2 }, { name: "p", i: 2 }],
    },
    {},
    TypeError,
    "its attribute p is given twice",
  ],
  [
    { opType: "AveragePool", attributes: pool, outputs: 2 },
    {},
    RangeError,
    "it is to give 2 outputs, it has at most 1",
  ],
  [
    { opType: "MaxUnpool", attributes: pool },
    { opset: 8 },
    RangeError,
    "Cannot read MaxUnpool of opset 8: it came with opset 9",
  ],
  [
    { opType: "MaxPool", attributes: pool },
    { opset: 23 },
    RangeError,
    "Cannot read MaxPool of opset 23: opsets 1 to 22 are known",
  ],
];
for (const [node, options, kind, message] of refusedNodes) {
  Deno.test(`poolingNode() refuses: ${message}`, () => {
    assertThrows(() => poolingNode(node, options), kind, message);
  });
}

function tensor(dims: number[], numbers: number[]): OnnxTensor {
  return { type: "float32", dims, data: Float32Array.from(numbers) };
}

const image = tensor([1, 1, 2, 2], [1, 2, 3, 4]);
const places = (...numbers: bigint[]): OnnxTensor => ({
  type: "int64",
  dims: [1, 1, 2, 2],
  data: BigInt64Array.from(numbers),
});
const unpool = { opType: "MaxUnpool", attributes: pool };
const refusedInputs: [
  node: PlainNode,
  inputs: (OnnxTensor | undefined)[],
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [{ opType: "GlobalMaxPool" }, [], TypeError, "its input X is missing"],
  [
    { opType: "GlobalMaxPool" },
    [{ ...image, type: "float16" }],
    TypeError,
    "its input X is float16 in a Float32Array, float32 is needed",
  ],
  [
    { opType: "GlobalMaxPool" },
    [tensor([1, 1, 3], [1, 2])],
    RangeError,
    "its input X of shape 1×1×3 has 2 elements, 3 are needed",
  ],
  [
    { opType: "GlobalMaxPool" },
    [tensor([1, 2], [1, 2])],
    TypeError,
    "rank 3 to 5 is needed",
  ],
  [
    { opType: "GlobalMaxPool" },
    [image, image],
    TypeError,
    "it is given 2 inputs, it has X",
  ],
  [
    { opType: "MaxPool", attributes: { kernel_shape: [2] } },
    [image],
    TypeError,
    "its attribute kernel_shape is [2], 2 entries are needed",
  ],
  [
    {
      opType: "MaxPool",
      attributes: { ...pool, auto_pad: "VALID", pads: [1, 1, 1, 1] },
    },
    [image],
    RangeError,
    'its attribute pads is [1,1,1,1] and auto_pad "VALID"',
  ],
  [unpool, [image], TypeError, "its input I is missing"],
  [
    unpool,
    [image, tensor([1, 1, 2, 2], [0, 0, 0, 0])],
    TypeError,
    "its input I is float32 in a Float32Array, int64 is needed",
  ],
  [
    unpool,
    [image, places(0n, 1n, 2n, 9n)],
    RangeError,
    "its input I holds 9, which is outside the plane",
  ],
  [
    { opType: "MaxRoiPool", attributes: { pooled_shape: [2] } },
    [image, tensor([1, 5], [0, 0, 0, 1, 1])],
    TypeError,
    "its attribute pooled_shape is [2], 2 entries are needed",
  ],
  [
    { opType: "RoiAlign" },
    [image, tensor([1, 4], [0, 0, 1, 1])],
    TypeError,
    "its input batch_indices is missing",
  ],
];
for (const [node, inputs, kind, message] of refusedInputs) {
  Deno.test(`a node refuses: ${message}`, async () => {
    await assertRejects(
      () => runNode(interpreter(), poolingNode(node), inputs),
      kind,
      message,
    );
  });
}
