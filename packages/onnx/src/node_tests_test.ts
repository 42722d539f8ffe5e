/**
 * ONNX's own node tests for pooling. Where they are from: node_tests.md.
 *
 * @module
 */
import { cpu } from "@rockpool/cpu";
import { assertEquals } from "@std/assert";
import { brotliDecompressSync } from "node:zlib";
import cases from "./node_tests.json" with { type: "json" };
import { poolingNode } from "./pooling_node.ts";
import { runNode } from "./run_node.ts";
import type { OnnxTensor } from "./tensors.ts";
import { difference } from "./test_compare.ts";

const packed = Deno.readFileSync(
  new URL("node_tests.bin.br", import.meta.url),
);
const { buffer } = Uint8Array.from(brotliDecompressSync(packed));

function tensorOf(
  { type, dims, at }: { type: string; dims: number[]; at: number },
): OnnxTensor {
  const size = dims.reduce((product, length) => product * length, 1);
  const arrays = {
    float32: Float32Array,
    uint8: Uint8Array,
    int64: BigInt64Array,
  };
  const array = arrays[type as keyof typeof arrays];
  return { type, dims, data: new array(buffer, at, size) };
}

for (const { name, opset, node, inputs, outputs } of cases) {
  Deno.test(`ONNX's ${name} holds`, async () => {
    using backend = await cpu({ threads: 1 });
    const read = poolingNode(
      { ...node, outputs: node.output.length },
      { opset },
    );
    const actual = await runNode(backend, read, inputs.map(tensorOf));
    assertEquals(actual.length, outputs.length);
    for (const [index, output] of outputs.entries()) {
      // ONNX's own tolerance: expected numbers of RoiAlign have four digits.
      const tolerance = { rtol: 1e-3, atol: 1e-7 };
      const found = difference(actual[index], tensorOf(output), tolerance);
      assertEquals(found, undefined);
    }
  });
}

Deno.test("the node tests have all small cases of ONNX 1.12 that pool", () => {
  const count = (opType: string) =>
    cases.filter(({ node }) => node.opType === opType).length;
  assertEquals({
    MaxPool: count("MaxPool"),
    AveragePool: count("AveragePool"),
    GlobalMaxPool: count("GlobalMaxPool"),
    GlobalAveragePool: count("GlobalAveragePool"),
    MaxUnpool: count("MaxUnpool"),
    RoiAlign: count("RoiAlign"),
  }, {
    MaxPool: 22,
    AveragePool: 18,
    GlobalMaxPool: 2,
    GlobalAveragePool: 2,
    MaxUnpool: 2,
    RoiAlign: 2,
  });
});
