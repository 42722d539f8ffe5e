import { loadOperator, type PoolingOp } from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { builtins } from "@rockpool/rockpool";
import type { BenchCase } from "./bench_case.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/**
 * Rockpool on the CPU. A call is `session.run` in a session that is open, and
 * the freeing of its output.
 */
export async function openRockpool({ threads }: PeerOptions): Promise<Peer> {
  const backend = await cpu({ threads });
  return {
    name: "rockpool",
    async prepare(benchCase, input) {
      const op = await loadOperator(builtins, benchCase.op) as PoolingOp;
      const session = backend.session();
      const values = {
        x: session.upload({ shape: benchCase.shape, data: input }),
      };
      const options = optionsOf(benchCase);
      return {
        // deno-lint-ignore require-await -- errors must reject
        async run() {
          session.free(session.run(op, values, { options }).y);
        },
        async result() {
          const { y } = session.run(op, values, { options });
          return (await session.read(y)).data as Float32Array;
        },
        [Symbol.asyncDispose]() {
          session[Symbol.dispose]();
          return Promise.resolve();
        },
      };
    },
    [Symbol.asyncDispose]() {
      backend[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/**
 * The options that do what ONNX does by default: averages leave padding out,
 * and pixels of RoIAlign have their centres at halves.
 */
function optionsOf({ op, layout, place }: BenchCase): object {
  if (place === "whole") return { layout };
  if ("windows" in place) {
    const padding = op === "average" ? { countIncludePad: false } : {};
    return { ...place.windows, ...padding, layout };
  }
  const { samplingRatio, ...regions } = place.regions;
  const points = op === "roi-align" ? { samplingRatio, aligned: true } : {};
  return { ...regions, ...points, layout };
}
