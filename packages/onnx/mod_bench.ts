import { cpu } from "@rockpool/cpu";
import { max } from "@rockpool/max";
import { poolingNode, runNode } from "./mod.ts";

const dims = [8, 64, 112, 112];
const size = dims.reduce((product, length) => product * length, 1);
const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
const backend = await cpu();
const options = { kernelSize: 3, stride: 2, padding: 1 };
const attributes = {
  kernel_shape: [3, 3],
  strides: [2, 2],
  pads: [1, 1, 1, 1],
};

Deno.bench("max 3×3/2, tensors in and out", {
  group: "max",
  baseline: true,
}, async () => {
  using session = backend.session();
  const x = session.upload({ shape: dims, data });
  await session.read(session.run(max, { x }, { options }).y);
});

Deno.bench("MaxPool 3×3/2 by a node", { group: "max" }, async () => {
  const node = poolingNode({ opType: "MaxPool", attributes });
  await runNode(backend, node, [{ type: "float32", dims, data }]);
});

Deno.bench("MaxPool 3×3/2 with indices", { group: "max" }, async () => {
  const node = poolingNode({ opType: "MaxPool", attributes, outputs: 2 });
  await runNode(backend, node, [{ type: "float32", dims, data }]);
});
