import { sizeOf, type Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type PlainNode, poolingNode } from "./pooling_node.ts";
import type { OnnxTensor } from "./tensors.ts";
import { Draws, drawTensor } from "./test_nodes.ts";

const wide = {
  kernel_shape: [3, 2],
  strides: [2, 1],
  pads: [3, 1, 2, 4],
  dilations: [1, 2],
};
const regions: OnnxTensor[] = [
  {
    type: "float32",
    dims: [2, 4],
    data: Float32Array.of(0.3, 0.7, 3.9, 2.6, 1, 2, 5.5, 4.1),
  },
  { type: "int64", dims: [2], data: BigInt64Array.of(1n, 0n) },
];
const nodes: [what: string, node: PlainNode, others: OnnxTensor[]][] = [
  ["padded MaxPool", { opType: "MaxPool", attributes: wide }, []],
  ["padded AveragePool", { opType: "AveragePool", attributes: wide }, []],
  ["padded LpPool", { opType: "LpPool", attributes: { ...wide, p: 3 } }, []],
  [
    "RoiAlign with mode max",
    {
      opType: "RoiAlign",
      attributes: { mode: "max", output_height: 2, output_width: 2 },
    },
    regions,
  ],
];

for (const [what, node, others] of nodes) {
  Deno.test(`the gradient of ${what} is that of finite differences`, async () => {
    const backend = interpreter();
    const { dims, data } = drawTensor(new Draws(3), [2, 1, 4, 5]);
    // No ties, which have no gradient.
    const x: Tensor<Float32Array> = {
      shape: dims,
      data: (data as Float32Array).map((x, i) => x + 0.3 + i / 500),
    };
    const { op, options } = poolingNode(node).plan(dims, others);

    /** The sum of what is pooled, with weights that tell windows apart. */
    async function total(x: Tensor): Promise<number> {
      using session = backend.session();
      const { y } = session.run(op, { x: session.upload(x) }, { options });
      const { data } = await session.read(y);
      return (data as Float32Array).reduce(
        (sum, y, i) => sum + (Number.isFinite(y) ? y * (1 + i % 5) : 0),
        0,
      );
    }

    using session = backend.session({ mode: "train" });
    const input = session.upload(x);
    const { y } = session.run(op, { x: input }, { options });
    const dy = session.upload({
      shape: y.shape,
      data: Float32Array.from({ length: sizeOf(y.shape) }, (_, i) => 1 + i % 5),
    });
    const [gradient] = session.grad(y, dy, [input]);
    const { data: actual } = await session.read(gradient);
    assertEquals(actual.some((g) => g !== 0), true);

    const step = 2 ** -10;
    for (let i = 0; i < x.data.length; i++) {
      const moved = (by: number) => {
        const data = x.data.slice();
        data[i] += by;
        return total({ shape: dims, data });
      };
      const slope = (await moved(step) - await moved(-step)) / (2 * step);
      assertAlmostEquals(actual[i], slope, 0.05, `element ${i}`);
    }
  });
}
