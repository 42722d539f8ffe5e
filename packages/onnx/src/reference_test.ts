import { cpu } from "@rockpool/cpu";
import { interpreter } from "@rockpool/kernel";
import { assertEquals } from "@std/assert";
import { difference, runCase } from "./test_compare.ts";
import {
  Draws,
  drawTensor,
  drawWindowed,
  type NodeCase,
  type TestAttribute,
} from "./test_nodes.ts";
import { reference } from "./test_reference.ts";

/** What differs from plain loops over the windows, on two backends. */
async function differences(cases: readonly NodeCase[]): Promise<string[]> {
  using compiled = await cpu({ threads: 1 });
  const wrong: string[] = [];
  for (const node of cases) {
    const { dims, data, indices } = reference(node);
    const expected = [
      { type: "float32", dims, data: Float32Array.from(data) },
      { type: "int64", dims, data: BigInt64Array.from(indices) },
    ].slice(0, node.outputs);
    for (const backend of [compiled, interpreter()]) {
      const actual = await runCase(backend, node);
      for (const [index, tensor] of expected.entries()) {
        const found = difference(actual[index], tensor);
        if (found) wrong.push(`${JSON.stringify(node.attributes)}: ${found}`);
      }
    }
  }
  return wrong;
}

for (const opType of ["MaxPool", "AveragePool", "LpPool"] as const) {
  Deno.test(`${opType} pads by a window and more`, async () => {
    const draws = new Draws(7);
    const cases = draws.list(
      60,
      () => drawWindowed(draws, opType, { wide: true }),
    );
    assertEquals(await differences(cases), []);
  });

  Deno.test(`${opType} gives what its windows hold, in all opsets`, async () => {
    const draws = new Draws(8);
    const cases = draws.list(60, () => drawWindowed(draws, opType))
      .filter(({ attributes }) => attributes.auto_pad === undefined);
    assertEquals(await differences(cases), []);
  });
}

/** A node with `auto_pad`, and the pads that it stands for. */
const automatic: [
  what: string,
  length: number,
  attributes: Record<string, TestAttribute>,
  pads: readonly [before: number, after: number],
][] = [
  [
    "SAME_UPPER pads dilated windows",
    7,
    { auto_pad: "SAME_UPPER", kernel_shape: [4], dilations: [2], strides: [2] },
    [3, 3],
  ],
  [
    "SAME_UPPER puts the odd element behind",
    6,
    { auto_pad: "SAME_UPPER", kernel_shape: [3], strides: [2] },
    [0, 1],
  ],
  [
    "SAME_LOWER puts the odd element in front",
    6,
    { auto_pad: "SAME_LOWER", kernel_shape: [3], strides: [2] },
    [1, 0],
  ],
  [
    "SAME_UPPER cuts nothing off where strides are longer than windows",
    8,
    { auto_pad: "SAME_UPPER", kernel_shape: [2], strides: [4] },
    [0, 0],
  ],
  [
    "VALID rounds down, with ceil_mode too",
    6,
    { auto_pad: "VALID", kernel_shape: [3], strides: [2], ceil_mode: 1 },
    [0, 0],
  ],
];
for (const [what, length, attributes, pads] of automatic) {
  Deno.test(`auto_pad ${what}`, async () => {
    const node = {
      opType: "AveragePool" as const,
      opset: 22,
      outputs: 1,
      inputs: [drawTensor(new Draws(9), [1, 2, length])],
    };
    const { auto_pad: _, ceil_mode: __, ...others } = attributes;
    const explicit = reference({
      ...node,
      attributes: { ...others, pads: [...pads] },
    });
    using backend = await cpu({ threads: 1 });
    const [y] = await runCase(backend, { ...node, attributes });
    const { dims, data } = explicit;
    const expected = { type: "float32", dims, data: Float32Array.from(data) };
    assertEquals(difference(y, expected), undefined);
  });
}

Deno.test("AveragePool leaves out a window that would start in the padding behind", async () => {
  using backend = await cpu({ threads: 1 });
  const [y] = await runCase(backend, {
    opType: "AveragePool",
    opset: 22,
    attributes: {
      kernel_shape: [3, 3],
      strides: [3, 3],
      pads: [1, 1, 1, 1],
      ceil_mode: 1,
      count_include_pad: 1,
    },
    outputs: 1,
    inputs: [{
      type: "float32",
      dims: [1, 1, 2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    }],
  });
  assertEquals(y.dims, [1, 1, 1, 1]);
  assertEquals(y.data, Float32Array.of(10 / 9));
});
