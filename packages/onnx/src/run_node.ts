import { type Backend, equalShapes, sizeOf, type Tensor } from "@rockpool/core";
import type { IndexPlane } from "./plan.ts";
import { movePosition } from "./plan_unpool.ts";
import type { PoolingNode } from "./pooling_node.ts";
import { floatsOf, type OnnxTensor } from "./tensors.ts";

/**
 * Runs a pooling node on a backend: tensors in, tensors out, as ONNX has them.
 *
 * Tensors are `{ type, dims, data }`, which those of ONNX Runtime's libraries
 * are. Of MaxPool, `X` may hold int8 or uint8 since opset 12.
 *
 * @param inputs in the order of the operator; one that is left out is undefined
 * @returns the outputs, `Indices` second where the node wants them
 * @throws {TypeError} | {RangeError} where an input does not fit
 *
 * @example
 * ```ts
 * import { poolingNode, runNode } from "@rockpool/onnx";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const node = poolingNode({
 *   opType: "MaxPool",
 *   attributes: { kernel_shape: [2] },
 *   outputs: 2,
 * });
 * const x = { type: "float32", dims: [1, 1, 3], data: Float32Array.of(1, 3, 2) };
 * const [y, indices] = await runNode(interpreter(), node, [x]);
 * assertEquals(y.data, Float32Array.of(3, 3));
 * assertEquals(indices.data, BigInt64Array.of(1n, 1n));
 * ```
 */
export async function runNode(
  backend: Backend,
  node: PoolingNode,
  inputs: readonly (OnnxTensor | undefined)[],
): Promise<OnnxTensor[]> {
  const [first, ...others] = inputs;
  if (!first) {
    throw new TypeError(`Cannot run ${node.label}: its input X is missing`);
  }
  const place = { node: node.label, input: "X" };
  const x = floatsOf(first, place, typesOf(node));
  const plan = node.plan(x.shape, others);
  using session = backend.session();
  const values = Object.fromEntries(
    Object.entries({ x, ...plan.inputs })
      .map(([name, tensor]) => [name, session.upload(tensor)]),
  );
  const results = session.run(plan.op, values, { options: plan.options });
  const outputs = [outputOf(await session.read(results.y), first.type)];
  if (plan.indices && results.indices) {
    const indices = await session.read(results.indices);
    outputs.push(indicesOf(indices, plan.indices));
  }
  return outputs;
}

/** The types of X that a node takes. */
function typesOf({ opType, opset }: PoolingNode): readonly string[] {
  return opType === "MaxPool" && opset >= 12
    ? ["float32", "uint8", "int8"]
    : ["float32"];
}

function outputOf({ shape, data }: Tensor, type: string): OnnxTensor {
  const arrays = { uint8: Uint8Array, int8: Int8Array };
  const array = arrays[type as keyof typeof arrays];
  return { type, dims: [...shape], data: array ? array.from(data) : data };
}

/** Positions in planes as ONNX counts them: through the whole input. */
function indicesOf({ shape, data }: Tensor, place: IndexPlane): OnnxTensor {
  const windows = sizeOf(shape.slice(2));
  const plane = sizeOf(place.input);
  const positions = movedPositions(place);
  // Each int64 as its lower and its upper half: no index has an upper one, and
  // a BigInt for each would take a hundred times as long as the pooling.
  const halves = new Int32Array(2 * data.length);
  for (let at = 0; at < data.length; at++) {
    const index = data[at];
    const position = positions && index >= 0 ? positions[index] : index;
    const isNone = position < 0;
    halves[2 * at] = isNone ? -1 : Math.floor(at / windows) * plane + position;
    halves[2 * at + 1] = isNone ? -1 : 0;
  }
  const indices = new BigInt64Array(halves.buffer);
  return { type: "int64", dims: [...shape], data: indices };
}

/** What each position that is read is in the input, where that differs. */
function movedPositions(
  { read, input, before, columnMajor }: IndexPlane,
): Int32Array | undefined {
  if (!columnMajor && equalShapes(read, input)) return undefined;
  return Int32Array.from(
    { length: sizeOf(read) },
    (_, position) =>
      movePosition(position, read, { to: input, before, columnMajor }) ?? -1,
  );
}
