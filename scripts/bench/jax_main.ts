/**
 * jax-js on WebAssembly beside Rockpool, in a process of its own.
 *
 * @module
 */
import {
  type Array as JaxArray,
  defaultDevice,
  init,
  jit,
  lax,
  numpy as np,
  vjp,
} from "@jax-js/jax";
import {
  type BenchCase,
  type SlidingWindows,
  spatialAxes,
} from "./bench_case.ts";
import { npmVersion } from "./npm_version.ts";
import { type Library, type LibraryCase, servePeer } from "./serve_peer.ts";

/** A case as a function of its inputs, which it consumes. */
type Forward = (...inputs: JaxArray[]) => JaxArray;

await servePeer(openJax);

async function openJax(threads: number): Promise<Library> {
  // It starts as many workers as there are processors.
  Object.defineProperty(navigator, "hardwareConcurrency", { value: threads });
  await init("wasm");
  defaultDevice("wasm");
  return { version: await npmVersion("@jax-js/jax"), prepare };
}

function prepare({ benchCase, inputs, dy: given, learns }: LibraryCase) {
  const forward = forwardOf(benchCase);
  const names = ["x", ...Object.keys(inputs).filter((name) => name !== "x")];
  if (!forward || learns.length !== names.length) return undefined;
  const array = ({ data, shape }: LibraryCase["dy"]) =>
    np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });
  const values = names.map((name) => array(inputs[name]));
  const dy = array(given);
  const infer = jit((...xs: JaxArray[]) => [forward(...xs)]);
  const train = jit((dy: JaxArray, ...xs: JaxArray[]) => {
    const [y, pullBack] = vjp(forward, xs);
    const gradients = pullBack(dy);
    pullBack.dispose();
    return [y, ...gradients];
  });
  const compute = () => {
    const xs = values.map((value) => value.ref);
    return benchCase.direction === "forward"
      ? infer(...xs)
      : train(dy.ref, ...xs);
  };
  return {
    async run() {
      for (const result of compute()) {
        await result.blockUntilReady();
        result.dispose();
      }
    },
    async results() {
      const data: Float32Array[] = [];
      for (const result of compute()) {
        data.push(await result.data() as Float32Array);
      }
      return data;
    },
    [Symbol.dispose]() {
      for (const value of [...values, dy]) value.dispose();
      infer.dispose();
      train.dispose();
    },
  };
}

function forwardOf(benchCase: BenchCase): Forward | undefined {
  const { op, place } = benchCase;
  if (place.kind === "windows") return windowForward(benchCase, place);
  if (place.kind !== "adaptive" || place.outputSize > 1) return undefined;
  const axes = spatialAxes(benchCase);
  const whole = { keepdims: true };
  if (op === "generalized-mean") {
    return (x) =>
      np.power(np.mean(np.power(np.maximum(x, 1e-6), 3), axes, whole), 1 / 3);
  }
  return place.mode === "avg"
    ? (x) => np.mean(x, axes, whole)
    : (x) => np.max(x, axes, whole);
}

function windowForward(
  benchCase: BenchCase,
  windows: SlidingWindows,
): Forward | undefined {
  const max = reducer(benchCase, windows, {
    reduce: np.max,
    outside: -Infinity,
  });
  const sum = reducer(benchCase, windows, { reduce: np.sum, outside: 0 });
  const mean = meanOf(benchCase, windows, sum);
  const weighted = (weight: JaxArray, x: JaxArray) =>
    sum(weight.ref.mul(x)).div(sum(weight));
  switch (benchCase.op) {
    case "max":
      return max;
    case "average":
      return mean;
    case "soft":
      return (x) => weighted(np.exp(x.ref), x);
    case "local-importance":
      return (x, logit) => weighted(np.exp(logit), x);
    case "mixed":
      return (x) => max(x.ref).add(mean(x)).mul(0.5);
    case "power-average":
      return (x) => np.sqrt(sum(np.square(x)));
    default:
      return undefined;
  }
}

/** A reduction of windows that lie inside once the input is padded. */
function reducer(
  benchCase: BenchCase,
  { kernelSize, stride, padding }: SlidingWindows,
  { reduce, outside }: {
    readonly reduce: (x: JaxArray) => JaxArray;
    readonly outside: number;
  },
): Forward {
  const axes = spatialAxes(benchCase);
  const { shape, layout } = benchCase;
  const along = (value: number) => [
    ...axes.map(() => value),
    ...layout === "NHWC" ? [1] : [],
  ];
  const borders = shape.map((_, axis): [number, number] =>
    axes.includes(axis) ? [padding, padding] : [0, 0]
  );
  // Its padding is of zeros.
  const isInside = np.pad(np.ones(planeShape(benchCase)), borders);
  const border = np.where(np.equal(isInside, 1), 0, outside);
  const pad = (x: JaxArray) => {
    const padded = np.pad(x, borders);
    return outside === 0 ? padded : padded.add(border.ref);
  };
  return (x) =>
    lax.reduceWindow(
      padding === 0 ? x : pad(x),
      (window) => reduce(window),
      along(kernelSize),
      along(stride),
    );
}

/** The mean of what is inside; its reciprocal counts are made once. */
function meanOf(
  benchCase: BenchCase,
  windows: SlidingWindows,
  sum: Forward,
): Forward {
  const axes = spatialAxes(benchCase);
  if (windows.padding === 0) {
    const share = 1 / windows.kernelSize ** axes.length;
    return (x) => sum(x).mul(share);
  }
  const counts = sum(np.ones(planeShape(benchCase)));
  return (x) => sum(x).div(counts.ref);
}

/** The shape of an input with one item and one channel. */
function planeShape(benchCase: BenchCase): number[] {
  const axes = spatialAxes(benchCase);
  return benchCase.shape.map((length, axis) =>
    axes.includes(axis) ? length : 1
  );
}
