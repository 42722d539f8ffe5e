/**
 * Runs cases with ONNX Runtime: reads them from standard input, and writes what
 * they give to standard output. A process of its own, since the library's
 * binding can be loaded but once in a process, whichever test is first.
 *
 * @module
 */
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { encodeOnnxModel, type OnnxTensorInfo } from "./encode_model.ts";
import type { OnnxTensor } from "./tensors.ts";
import type { NodeCase } from "./test_nodes.ts";
import { parseTensors, tensorsToText } from "./test_tensor_text.ts";

// It warns of shapes that are left for it to find, and of mode max.
env.logLevel = "error";

/** What ONNX Runtime makes of a case. */
async function runOnnxRuntime(node: NodeCase): Promise<OnnxTensor[]> {
  const { opType, opset, attributes, outputs, inputs } = node;
  const names = inputs.map((_, index) => `in_${index}`);
  const further = outputs > 1;
  const any = node.inputs[0].dims.map(() => 0);
  const model = encodeOnnxModel({
    nodes: [{
      op: opType,
      inputs: names,
      output: "out_0",
      ...further ? { furtherOutputs: ["out_1"] } : {},
      attributes,
    }],
    inputs: inputs.map(({ type, dims }, index) => ({
      name: names[index],
      shape: dims,
      type: type as OnnxTensorInfo["type"],
    })),
    output: {
      name: "out_0",
      shape: any,
      type: inputs[0].type as OnnxTensorInfo["type"],
    },
    ...further
      ? { furtherOutputs: [{ name: "out_1", shape: any, type: "int64" }] }
      : {},
    opset,
  });
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const feeds = inputs.map(({ type, data, dims }, index) => [
      names[index],
      new Tensor(type as "float32", data as Float32Array, dims),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    return Object.keys(results).sort().map((name) => {
      const { type, dims, data } = results[name];
      return { type, dims, data } as OnnxTensor;
    });
  } finally {
    await session.release();
  }
}

const cases: NodeCase[] = parseTensors(
  await new Response(Deno.stdin.readable).text(),
);
const outputs: OnnxTensor[][] = [];
for (const node of cases) outputs.push(await runOnnxRuntime(node));
await new Blob([tensorsToText(outputs)]).stream().pipeTo(Deno.stdout.writable);
