import type { Backend } from "@rockpool/core";
import type { NodeCase } from "./test_nodes.ts";
import { type NodeOptions, poolingNode } from "./pooling_node.ts";
import { runNode } from "./run_node.ts";
import type { OnnxTensor } from "./tensors.ts";

/** Runs a case through the adapter. */
export function runCase(
  backend: Backend,
  { opType, opset, attributes, outputs, inputs }: NodeCase,
  options: NodeOptions = {},
): Promise<OnnxTensor[]> {
  const plain = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === "object" && "float" in value ? value.float : value,
  ]);
  const node = poolingNode(
    { opType, attributes: Object.fromEntries(plain), outputs },
    { opset, ...options },
  );
  return runNode(backend, node, inputs);
}

/** What differs between tensors; undefined where they agree. */
export function difference(
  actual: OnnxTensor | undefined,
  expected: OnnxTensor,
  { rtol = 1e-5, atol = 1e-6 }: { rtol?: number; atol?: number } = {},
): string | undefined {
  if (!actual) return "an output is missing";
  if (actual.type !== expected.type) {
    return `type ${actual.type}, ${expected.type} is expected`;
  }
  if (`${actual.dims}` !== `${expected.dims}`) {
    return `shape [${actual.dims}], [${expected.dims}] is expected`;
  }
  const [a, b] = [actual.data, expected.data] as ArrayLike<number | bigint>[];
  if (a.length !== b.length) return `${a.length} numbers of ${b.length}`;
  for (let index = 0; index < b.length; index++) {
    const [x, y] = [Number(a[index]), Number(b[index])];
    const near = Math.abs(x - y) <= atol + rtol * Math.abs(y);
    if (!Object.is(x, y) && !near) {
      return `${x} at ${index}, ${y} is expected`;
    }
  }
  return undefined;
}
