import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxGraph } from "./onnx_graph.ts";
import { encodeOnnxModel } from "./onnx_model.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/** ONNX Runtime, the native library by its binding for Node. */
export function openOnnxRuntime({ threads }: PeerOptions): Promise<Peer> {
  return Promise.resolve({
    name: "onnxruntime-node",
    async prepare(benchCase, input) {
      const graph = onnxGraph(benchCase);
      if (!graph) return undefined;
      const session = await InferenceSession.create(encodeOnnxModel(graph), {
        executionProviders: ["cpu"],
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      });
      const feeds = { x: new Tensor("float32", input, benchCase.shape) };
      return {
        async run() {
          await session.run(feeds);
        },
        async result() {
          return (await session.run(feeds)).y.data as Float32Array;
        },
        [Symbol.asyncDispose]: () => session.release(),
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
