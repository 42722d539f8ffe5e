import { assertEquals } from "@std/assert";
import type { BenchCase } from "./bench_case.ts";
import { onnxGraph } from "./onnx_graph.ts";

const example: BenchCase = {
  name: "example",
  op: "soft",
  direction: "forward",
  shape: [1, 2, 8, 8],
  layout: "NCHW",
  windows: { kernelSize: 3, stride: 2, padding: 1 },
  target: null,
};

Deno.test("onnxGraph() reads only what is written before, from x to y", () => {
  for (const op of ["max", "average", "soft"] as const) {
    const { nodes, output } = onnxGraph({ ...example, op })!;
    const known = ["x"];
    for (const node of nodes) {
      const missing = node.inputs.filter((input) => !known.includes(input));
      assertEquals(missing, []);
      known.push(node.output);
    }
    assertEquals(known.at(-1), "y");
    assertEquals(output.shape, [1, 2, 4, 4]);
  }
});

Deno.test("onnxGraph() is undefined for what ONNX lacks", () => {
  assertEquals(onnxGraph({ ...example, layout: "NHWC" }), undefined);
  assertEquals(onnxGraph({ ...example, direction: "train" }), undefined);
});
