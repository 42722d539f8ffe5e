import {
  type Backend,
  loadOperator,
  type PoolingOp,
  type Value,
} from "@rockpool/core";
import { cpu } from "@rockpool/cpu";
import { type Builtins, builtins } from "@rockpool/rockpool";
import type { BenchCase } from "./bench_case.ts";
import type { BenchData } from "./bench_data.ts";
import { learnsFrom, type Peer, type PeerOptions } from "./peer.ts";
import { takeTurn } from "./turns.ts";

/** Rockpool on the CPU. */
export async function openRockpool({ threads }: PeerOptions): Promise<Peer> {
  const backend = await cpu({ threads });
  return {
    name: "rockpool",
    version: "",
    async prepare(benchCase, data) {
      const name = benchCase.op as keyof Builtins;
      const op = await loadOperator(builtins, name) as PoolingOp;
      const work = { op, benchCase, data };
      return {
        async turn(calls) {
          using session = openWork(backend, work);
          return await takeTurn(() => session.run(), calls);
        },
        async results() {
          using session = openWork(backend, work);
          return await session.results();
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    [Symbol.asyncDispose]() {
      backend[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

interface Work {
  readonly op: PoolingOp;
  readonly benchCase: BenchCase;
  readonly data: BenchData;
}

/**
 * A session with the inputs in place. A call frees what it may; what a train
 * session keeps for gradients is freed with it, as it is for users.
 */
function openWork(backend: Backend, { op, benchCase, data }: Work) {
  const trains = benchCase.direction === "train";
  const session = backend.session({ mode: trains ? "train" : "infer" });
  const options = optionsOf(benchCase, data);
  const values: Record<string, Value> = {};
  for (const [name, tensor] of Object.entries(data.inputs)) {
    if (op.inputs.includes(name)) values[name] = session.upload(tensor);
  }
  const dy = trains ? session.upload(data.dy) : undefined;
  const of = learnsFrom(benchCase).map((name) => values[name]);
  const compute = () => {
    const { y } = session.run(op, values, { options });
    return { y, gradients: dy ? session.grad(y, dy, of) : [] };
  };
  return {
    run() {
      const { y, gradients } = compute();
      for (const value of trains ? gradients : [y]) session.free(value);
    },
    async results(): Promise<Float32Array[]> {
      const { y, gradients } = compute();
      const tensors = [y, ...gradients].map((value) => session.read(value));
      return (await Promise.all(tensors)).map(({ data }) =>
        data as Float32Array
      );
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

/**
 * Rockpool's options for a case. Where libraries differ they say what ONNX does
 * by default: averages leave padding out, and pixels of RoIAlign have their
 * centres at halves.
 */
export function optionsOf(
  { op, shape, layout, place }: BenchCase,
  { inputs }: BenchData,
): object {
  const common = { layout, axes: shape.length - 2 };
  switch (place.kind) {
    case "windows": {
      const { kernelSize, stride, padding } = place;
      return { kernelSize, stride, padding, ...common, ...ofOperator(op) };
    }
    case "adaptive": {
      const { outputSize, mode } = place;
      const chosen = op === "global-average" ? { mode } : {};
      return { outputSize, ...chosen, ...common };
    }
    case "levels":
      return { levels: place.levels, ...common };
    case "fractional": {
      const { kernelSize, outputSize } = place;
      const randomSamples = inputs.samples;
      return { kernelSize, outputSize, randomSamples, ...common };
    }
    case "regions": {
      const { outputSize, spatialScale, samplingRatio } = place;
      const points = samplingRatio === null
        ? {}
        : { samplingRatio, aligned: true };
      return { rois: inputs.rois, outputSize, spatialScale, ...points, layout };
    }
  }
}

function ofOperator(op: string): object {
  switch (op) {
    case "average":
      return { countIncludePad: false };
    case "mixed":
      return { lambda: 0.5, countIncludePad: false };
    case "power-average":
      return { normType: 2 };
    default:
      return {};
  }
}
