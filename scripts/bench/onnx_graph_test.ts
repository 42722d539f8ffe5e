import { assertEquals } from "@std/assert";
import { BENCH_CASES, type BenchCase, outputShape } from "./bench_case.ts";
import { onnxGraph } from "./onnx_graph.ts";

const example: BenchCase = {
  name: "example",
  op: "soft",
  direction: "forward",
  shape: [1, 2, 8, 8],
  layout: "NCHW",
  place: { windows: { kernelSize: 3, stride: 2, padding: 1 } },
  target: null,
};

Deno.test("onnxGraph() reads only what is written before, from its inputs to y", () => {
  const cases = BENCH_CASES.filter(({ layout }) => layout === "NCHW");
  for (const benchCase of cases) {
    const { nodes, inputs, output } = onnxGraph(benchCase)!.graph;
    const known = inputs.map(({ name }) => name);
    for (const node of nodes) {
      const missing = node.inputs.filter((input) => !known.includes(input));
      assertEquals(missing, []);
      known.push(node.output);
    }
    assertEquals(known.at(-1), "y");
    assertEquals(output.shape, outputShape(benchCase));
  }
});

Deno.test("onnxGraph() is undefined for what ONNX lacks", () => {
  assertEquals(onnxGraph({ ...example, layout: "NHWC" }), undefined);
  assertEquals(onnxGraph({ ...example, direction: "train" }), undefined);
});
