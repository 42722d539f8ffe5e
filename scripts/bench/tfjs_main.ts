/**
 * TensorFlow.js on WebAssembly beside Rockpool, in a process of its own.
 *
 * @module
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import {
  type BenchCase,
  type SlidingWindows,
  spatialAxes,
} from "./bench_case.ts";
import { type Library, type LibraryCase, servePeer } from "./serve_peer.ts";
import { registerGradients } from "./tfjs_gradients.ts";
import { allowThreads } from "./tfjs_threads.ts";

type TensorFlow = typeof import("@tensorflow/tfjs-core");

/** A case as a function of its inputs. */
type Forward = (...inputs: Tensor[]) => Tensor;

await servePeer(openTensorFlow);

async function openTensorFlow(threads: number): Promise<Library> {
  allowThreads(threads);
  const tf = await import("@tensorflow/tfjs-core");
  await registerGradients();
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  const started = wasm.getThreadsCount();
  if (started !== threads) {
    throw new Error(
      `Cannot time TensorFlow.js: it has ${started} threads, ${threads} are needed`,
    );
  }
  return {
    version: tf.version_core,
    prepare: (libraryCase) => prepare(tf, libraryCase),
  };
}

function prepare(
  tf: TensorFlow,
  { benchCase, inputs, dy: given, learns }: LibraryCase,
) {
  const forward = forwardOf(tf, benchCase);
  if (!forward) return undefined;
  const names = ["x", ...Object.keys(inputs).filter((name) => name !== "x")];
  const tensor = ({ data, shape }: LibraryCase["dy"]) =>
    tf.tensor(data as Float32Array, [...shape], "float32");
  const values = names.map((name) => tensor(inputs[name]));
  const dy = tensor(given);
  if (learns.length !== values.length) return undefined;
  const withGradients = tf.valueAndGrads(forward);
  const compute = () =>
    tf.tidy(() => {
      if (benchCase.direction === "forward") return [forward(...values)];
      const { value, grads } = withGradients(values, dy);
      return [value, ...grads];
    });
  return {
    // Kernels end before they return, and results lie in memory that is read
    // without waiting.
    run: () => tf.dispose(compute()),
    async results() {
      const results = compute();
      const data = await Promise.all(results.map((it) => it.data()));
      tf.dispose(results);
      return data as Float32Array[];
    },
    [Symbol.dispose]: () => tf.dispose([...values, dy]),
  };
}

function forwardOf(tf: TensorFlow, benchCase: BenchCase): Forward | undefined {
  const { op, place, layout, shape } = benchCase;
  if (place.kind === "windows") {
    // It pools with the channels last only.
    return layout === "NHWC"
      ? windowForward(tf, op, { ...place, axes: shape.length - 2 })
      : undefined;
  }
  if (place.kind !== "adaptive" || place.outputSize > 1) return undefined;
  const axes = spatialAxes(benchCase);
  if (op === "generalized-mean") {
    return (x) =>
      tf.pow(tf.mean(tf.pow(tf.maximum(x, 1e-6), 3), axes, true), 1 / 3);
  }
  return place.mode === "avg"
    ? (x) => tf.mean(x, axes, true)
    : (x) => tf.max(x, axes, true);
}

function windowForward(
  tf: TensorFlow,
  op: string,
  windows: SlidingWindows & { readonly axes: number },
): Forward | undefined {
  const max = poolOf(tf, "max", windows);
  const mean = poolOf(tf, "avg", windows);
  const weighted = (weight: Tensor, x: Tensor) =>
    tf.div(mean(tf.mul(weight, x)), mean(weight));
  switch (op) {
    case "max":
      return max;
    case "average":
      return mean;
    case "soft":
      return (x) => weighted(tf.exp(x), x);
    case "local-importance":
      return (x, logit) => weighted(tf.exp(logit), x);
    case "mixed":
      return (x) => tf.mul(tf.add(max(x), mean(x)), 0.5);
    case "power-average": {
      const size = windows.kernelSize ** windows.axes;
      return windows.padding > 0
        ? undefined
        : (x) => tf.sqrt(tf.mul(mean(tf.square(x)), size));
    }
    default:
      return undefined;
  }
}

/** Pooling with one, two or three axes; one is two of which one is short. */
function poolOf(
  tf: TensorFlow,
  kind: "max" | "avg",
  { kernelSize, stride, padding, axes }: SlidingWindows & { axes: number },
): Forward {
  if (axes === 3) {
    const pool = kind === "max" ? tf.maxPool3d : tf.avgPool3d;
    return (x) =>
      pool(x as Parameters<typeof pool>[0], kernelSize, stride, padding);
  }
  const pool = kind === "max" ? tf.maxPool : tf.avgPool;
  if (axes === 2) {
    return (x) =>
      pool(x as Parameters<typeof pool>[0], kernelSize, stride, padding);
  }
  return (x) => {
    const rows = tf.expandDims(x, 1) as Parameters<typeof pool>[0];
    const border: [number, number] = [padding, padding];
    const pads = padding === 0 ? "valid" : [[0, 0], [0, 0], border, [0, 0]];
    const pooled = pool(
      rows,
      [1, kernelSize],
      [1, stride],
      pads as Parameters<typeof pool>[3],
    );
    return tf.squeeze(pooled, [1]);
  };
}
