import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxGraph } from "./onnx_graph.ts";
import { encodeOnnxModel } from "./onnx_model.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/** ONNX Runtime, the native library by its binding for Node. */
export function openOnnxRuntime({ threads }: PeerOptions): Promise<Peer> {
  return Promise.resolve({
    name: "onnxruntime-node",
    async prepare(benchCase, input) {
      const fed = onnxGraph(benchCase);
      if (!fed) return undefined;
      const session = await InferenceSession.create(
        encodeOnnxModel(fed.graph),
        {
          executionProviders: ["cpu"],
          executionMode: "sequential",
          graphOptimizationLevel: "all",
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
        },
      );
      const feeds: Record<string, Tensor> = {
        x: new Tensor("float32", input, benchCase.shape),
      };
      for (const { name, shape, data } of fed.feeds) {
        feeds[name] = data instanceof Float32Array
          ? new Tensor("float32", data, shape)
          : new Tensor("int64", data, shape);
      }
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
