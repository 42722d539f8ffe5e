import { assertEquals } from "@std/assert";
import { type BenchCase, outputShape } from "./bench_case.ts";
import { dataOf } from "./bench_data.ts";
import { onnxGraph } from "./onnx_graph.ts";

const windows = {
  kind: "windows",
  kernelSize: 2,
  stride: 2,
  padding: 0,
} as const;

const example: BenchCase = {
  name: "example",
  op: "soft",
  direction: "forward",
  shape: [1, 2, 8, 8],
  layout: "NCHW",
  place: windows,
  target: 2,
};

const adaptive = { kind: "adaptive", outputSize: 1, mode: "max" } as const;

const present: BenchCase[] = [
  ...["max", "average", "soft", "mixed", "local-importance", "max-unpool"]
    .map((op) => ({ ...example, op })),
  { ...example, op: "power-average" },
  { ...example, op: "global-average", place: adaptive },
  ...["roi", "roi-align"].map((op): BenchCase => ({
    ...example,
    op,
    place: {
      kind: "regions",
      count: 3,
      outputSize: 2,
      spatialScale: 0.01,
      samplingRatio: 2,
    },
  })),
];

Deno.test("onnxGraph() reads only what is written before, from its inputs to y", () => {
  for (const benchCase of present) {
    const { nodes, inputs, output } =
      onnxGraph(benchCase, dataOf(benchCase))!.graph;
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
  const lacking: Partial<BenchCase>[] = [
    { layout: "NHWC" },
    { direction: "train" },
    { op: "global-average", place: { ...adaptive, outputSize: 7 } },
    { op: "spatial-pyramid", place: { kind: "levels", levels: [2, 1] } },
  ];
  for (const difference of lacking) {
    const benchCase: BenchCase = { ...example, ...difference };
    assertEquals(onnxGraph(benchCase, dataOf(benchCase)), undefined);
  }
});

Deno.test("onnxGraph() counts indices of unpooling through all planes", () => {
  const benchCase = { ...example, op: "max-unpool" };
  const data = dataOf(benchCase);
  const { feeds } = onnxGraph(benchCase, data)!;
  const [first, second] = data.inputs.indices.data.filter((_, i) =>
    i % 64 === 0
  );
  const indices = feeds.find(({ name }) => name === "indices")!;
  assertEquals(indices.data[0], BigInt(first));
  assertEquals(indices.data[64], BigInt(second + 16 * 16));
});
