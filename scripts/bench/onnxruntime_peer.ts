import { InferenceSession, Tensor } from "onnxruntime-node";
import { npmVersion } from "./npm_version.ts";
import { type FedGraph, onnxGraph } from "./onnx_graph.ts";
import { encodeOnnxModel } from "@rockpool/onnx/model";
import type { Peer, PeerOptions } from "./peer.ts";
import { sleep, takeTurn } from "./turns.ts";

/** Milliseconds for the threads of a session to start. */
const START = 5;

/**
 * ONNX Runtime, the native library by its binding for Node.
 *
 * Its sessions live for a turn: between calls their threads look for work, and
 * would take a core from whoever comes next.
 */
export async function openOnnxRuntime(
  { threads }: PeerOptions,
): Promise<Peer> {
  return {
    name: "onnxruntime-node",
    version: await npmVersion("onnxruntime-node"),
    prepare(benchCase, data) {
      const fed = onnxGraph(benchCase, data);
      if (!fed) return Promise.resolve(undefined);
      const model = encodeOnnxModel(fed.graph);
      const feeds = feedsOf(fed);
      return Promise.resolve({
        async turn(calls) {
          await using session = await open(model, threads);
          await sleep(START);
          return await takeTurn(() => session.run(feeds), calls);
        },
        async results() {
          await using session = await open(model, threads);
          const { y } = await session.run(feeds);
          return [y.data as Float32Array];
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A session that ends where its block does. */
async function open(model: Uint8Array, threads: number) {
  const session = await InferenceSession.create(model, {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  return {
    run: (feeds: Record<string, Tensor>) => session.run(feeds),
    [Symbol.asyncDispose]: () => session.release(),
  };
}

function feedsOf({ feeds }: FedGraph): Record<string, Tensor> {
  return Object.fromEntries(feeds.map(({ name, shape, data }) => [
    name,
    data instanceof Float32Array
      ? new Tensor("float32", data, shape)
      : new Tensor("int64", data, shape),
  ]));
}
