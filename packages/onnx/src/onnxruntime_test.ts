import { cpu } from "@rockpool/cpu";
import { assertEquals } from "@std/assert";
import type { NodeOptions } from "./pooling_node.ts";
import { askOnnxRuntime } from "./test_ask_onnxruntime.ts";
import { difference, runCase } from "./test_compare.ts";
import {
  Draws,
  drawTensor,
  drawWindowed,
  type NodeCase,
} from "./test_nodes.ts";

/** Compares all outputs of many cases; says of each that differs how. */
async function compare(
  cases: readonly NodeCase[],
  options?: NodeOptions,
): Promise<void> {
  using backend = await cpu({ threads: 1 });
  const wrong: string[] = [];
  const known = await askOnnxRuntime(cases);
  for (const [at, node] of cases.entries()) {
    const expected = known[at];
    const actual = await runCase(backend, node, options);
    for (const [index, tensor] of expected.entries()) {
      const found = difference(actual[index], tensor, { atol: 1e-5 });
      if (!found) continue;
      const { opset, attributes, inputs } = node;
      const dims = inputs.map(({ dims }) => dims);
      wrong.push(`${JSON.stringify({ opset, attributes, dims })}: ${found}`);
    }
  }
  assertEquals(wrong, []);
}

/** With three axes ONNX Runtime 1.22 counts padding of the second one twice. */
function hasWrongDivisor({ attributes }: NodeCase): boolean {
  const { kernel_shape: kernel, count_include_pad: counts } = attributes;
  return (kernel as readonly number[]).length === 3 && counts === 1;
}

for (const opType of ["MaxPool", "AveragePool", "LpPool"] as const) {
  Deno.test(`${opType} gives what ONNX Runtime gives, in all opsets`, async () => {
    const draws = new Draws(22);
    const cases = draws.list(200, () => drawWindowed(draws, opType));
    await compare(cases.filter((node) => !hasWrongDivisor(node)));
  });
}

Deno.test("MaxPool of int8 and uint8 gives what ONNX Runtime gives", async () => {
  const cases = ["int8", "uint8"].map((type): NodeCase => {
    const bytes = Array.from({ length: 72 }, (_, i) => (i * 89) % 256);
    const data = type === "int8"
      ? Int8Array.from(bytes)
      : Uint8Array.from(bytes);
    return {
      opType: "MaxPool",
      opset: 12,
      attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [1, 0, 1, 1] },
      outputs: 2,
      inputs: [{ type, dims: [1, 2, 6, 6], data }],
    };
  });
  await compare(cases);
});

Deno.test("global pooling gives what ONNX Runtime gives", async () => {
  const draws = new Draws(1);
  const cases = [1, 2, 3].flatMap((axes) => {
    const dims = [2, 3, ...draws.list(axes, () => draws.integer(1, 7))];
    const inputs = [drawTensor(draws, dims)];
    const node = { outputs: 1, inputs, attributes: {} };
    return [
      { ...node, opType: "GlobalMaxPool" as const, opset: 1 },
      { ...node, opType: "GlobalAveragePool" as const, opset: 22 },
      { ...node, opType: "GlobalLpPool" as const, opset: 2 },
      {
        ...node,
        opType: "GlobalLpPool" as const,
        opset: 17,
        attributes: { p: 3 },
      },
    ];
  });
  await compare(cases);
});

Deno.test("MaxUnpool gives what ONNX Runtime gives, indices counting the output", async () => {
  const draws = new Draws(2);
  const cases = draws.list(60, (): NodeCase => {
    const axes = draws.integer(1, 3);
    const kernel = draws.list(axes, () => draws.integer(2, 3));
    const spatial = draws.list(axes, () => draws.integer(1, 4));
    const output = spatial.map((length, a) => length * kernel[a]);
    const given = draws.integer(0, 1) === 1;
    const target = given ? output.map((n) => n + draws.integer(0, 3)) : output;
    const planes = [draws.integer(1, 2), draws.integer(1, 3)];
    const dims = [...planes, ...spatial];
    const x = drawTensor(draws, dims);
    const perPlane = spatial.reduce((n, length) => n * length, 1);
    const plane = target.reduce((n, length) => n * length, 1);
    const data = BigInt64Array.from(
      x.data as Float32Array,
      (_, at) =>
        BigInt(
          Math.floor(at / perPlane) * plane + draws.integer(0, plane - 1),
        ),
    );
    const shape = BigInt64Array.from([...planes, ...target], BigInt);
    return {
      opType: "MaxUnpool",
      opset: draws.of([9, 11, 22]),
      attributes: { kernel_shape: kernel, strides: kernel },
      outputs: 1,
      inputs: [
        x,
        { type: "int64", dims, data },
        ...given ? [{ type: "int64", dims: [dims.length], data: shape }] : [],
      ],
    };
  });
  await compare(cases, { unpoolIndices: "output" });
});

/** Corners of regions in and around an image of 9 × 11. */
function drawCorners(draws: Draws, scale: number): number[] {
  const [x, y] = [draws.integer(-8, 72) / 8, draws.integer(-8, 64) / 8];
  const [width, height] = [draws.integer(1, 64) / 8, draws.integer(1, 64) / 8];
  return [x, y, x + width, y + height].map((corner) => corner / scale);
}

Deno.test("MaxRoiPool gives what ONNX Runtime gives", async () => {
  const draws = new Draws(3);
  const cases = draws.list(60, (): NodeCase => {
    const scale = draws.of([0.25, 1]);
    const rows = draws.list(4, () => [
      draws.integer(0, 1),
      ...drawCorners(draws, scale),
    ]);
    return {
      opType: "MaxRoiPool",
      opset: 17,
      attributes: {
        pooled_shape: draws.list(2, () => draws.integer(1, 4)),
        ...scale === 1 ? {} : { spatial_scale: { float: scale } },
      },
      outputs: 1,
      inputs: [drawTensor(draws, [2, 3, 9, 11]), {
        type: "float32",
        dims: [4, 5],
        data: Float32Array.from(rows.flat()),
      }],
    };
  });
  await compare(cases);
});

for (const mode of ["avg", "max"]) {
  Deno.test(`RoiAlign with mode ${mode} gives what ONNX Runtime gives`, async () => {
    const draws = new Draws(4);
    const cases = draws.list(80, (): NodeCase => {
      const opset = draws.of([10, 16]);
      const scale = draws.of([0.5, 1]);
      const rows = draws.list(4, () => drawCorners(draws, scale));
      const ratio = draws.integer(0, 3);
      return {
        opType: "RoiAlign",
        opset,
        attributes: {
          mode,
          spatial_scale: { float: scale },
          output_height: draws.integer(1, 4),
          output_width: draws.integer(1, 4),
          ...ratio === 0 ? {} : { sampling_ratio: ratio },
          ...opset >= 16 && draws.integer(0, 1)
            ? { coordinate_transformation_mode: "output_half_pixel" }
            : {},
        },
        outputs: 1,
        inputs: [
          drawTensor(draws, [2, 3, 9, 11]),
          {
            type: "float32",
            dims: [4, 4],
            data: Float32Array.from(rows.flat()),
          },
          {
            type: "int64",
            dims: [4],
            data: BigInt64Array.of(0n, 1n, 1n, 0n),
          },
        ],
      };
    });
    await compare(cases);
  });
}
