import {
  type Backend,
  loadOperator,
  type PoolingOp,
  type Session,
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
      const work = await openWork(backend, benchCase, data);
      return {
        turn: (calls) => takeTurn(work.run, calls),
        results: work.results,
        [Symbol.asyncDispose]() {
          work[Symbol.dispose]();
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

/** A case that is in place. */
interface Work extends Disposable {
  run(): void;
  results(): Promise<Float32Array[]>;
}

/**
 * A session in which the inputs lie. Inference runs in it; a pass of training
 * has a session of its own, as it has for users, which shares the inputs.
 */
async function openWork(
  backend: Backend,
  benchCase: BenchCase,
  data: BenchData,
): Promise<Work> {
  const op = await loadOperator(
    builtins,
    benchCase.op as keyof Builtins,
  ) as PoolingOp;
  const options = optionsOf(benchCase, data);
  const home = backend.session();
  const inputs = Object.entries(data.inputs)
    .filter(([name]) => op.inputs.includes(name))
    .map(([name, tensor]) => [name, home.upload(tensor)] as const);
  const dispose = () => home[Symbol.dispose]();

  if (benchCase.direction === "forward") {
    const values = Object.fromEntries(inputs);
    const infer = () => home.run(op, values, { options }).y;
    return {
      run: () => home.free(infer()),
      results: async () => [await readFloats(home, infer())],
      [Symbol.dispose]: dispose,
    };
  }
  const dy = home.upload(data.dy);
  const learned = learnsFrom(benchCase);
  const train = (session: Session): Value[] => {
    const shared = inputs.map(([name, value]) => [name, session.share(value)]);
    const values = Object.fromEntries(shared);
    const { y } = session.run(op, values, { options });
    const of = learned.map((name) => values[name]);
    return [y, ...session.grad(y, session.share(dy), of)];
  };
  return {
    run() {
      using session = backend.session({ mode: "train" });
      train(session);
    },
    async results() {
      using session = backend.session({ mode: "train" });
      const read = (value: Value) => readFloats(session, value);
      return await Promise.all(train(session).map(read));
    },
    [Symbol.dispose]: dispose,
  };
}

async function readFloats(
  session: Session,
  value: Value,
): Promise<Float32Array> {
  return (await session.read(value)).data as Float32Array;
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
