import type { Backend, Shape, Tensor, Value } from "@rockpool/core";
import {
  detach,
  drawIndex,
  type Geometry,
  interpreter,
  select,
  type WindowKernel,
  windowKernel,
  windowSize,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";
import { placeCanaries } from "./test_canaries.ts";

/** Kernels that between them use every operation of the language. */
export const kernels: readonly WindowKernel[] = [
  windowKernel("max-with-index", ["x"], ({ x }, fold) => ({
    y: fold.max(x),
    indices: fold.argmax(x),
  })),
  windowKernel(
    "least-and-where",
    ["x"],
    ({ x }, fold) => ({ y: fold.min(x.abs()).sqrt(), at: fold.argmin(x) }),
  ),
  windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x)),
  windowKernel("nested", ["x"], ({ x }, fold) => {
    const weight = x.sub(fold.max(x)).exp();
    return fold.sum(weight.mul(x)).div(fold.sum(weight)).add(fold.mean(x));
  }),
  windowKernel(
    "counts",
    ["x"],
    ({ x }, fold) =>
      fold.sum(x.mul(fold.count())).div(fold.count("padded").max(1)),
  ),
  windowKernel(
    "parameters",
    ["x"],
    ({ x, gain, filter, power }, fold) =>
      fold.sum(x.mul(filter)).mul(gain).add(
        fold.sum(x.mul(x).add(1).pow(power)).log(),
      ),
    { channels: ["gain"], taps: ["filter"], scalars: ["power"] },
  ),
  windowKernel(
    "drawn",
    ["x"],
    ({ x }, fold, draw) =>
      fold.sum(x.mul(draw.elementRandom(3))).mul(draw.windowRandom(7)),
  ),
  windowKernel("usual-or-not", ["x"], ({ x }, fold) => {
    const greatest = detach(fold.max(x));
    const isNear = greatest.le(1.5).likely();
    const power = select(isNear, x, x.sub(greatest)).max(-87).min(4);
    const weight = power.exp();
    return fold.sum(weight.mul(power)).div(fold.sum(weight).add(1)).add(
      select(isNear, 0, greatest),
    );
  }),
  windowKernel(
    "several-folds",
    ["x"],
    ({ x, gain }, fold) => ({
      y: fold.mean(x.mul(gain)).add(fold.max(x)).sub(fold.min(x.abs())),
      at: fold.argmin(x.abs()),
    }),
    { channels: ["gain"] },
  ),
  windowKernel("picked", ["x"], ({ x }, fold, { windowWord }) => {
    const at = drawIndex(x.abs(), windowWord(5));
    return { y: fold.at(x, at), at: select(fold.max(x).lt(1), at, -1) };
  }),
  windowKernel(
    "of-planes-and-windows",
    ["x"],
    ({ x, share, guide }, fold) => {
      const distance = x.sub(guide).mul(share);
      return fold.sum(distance.mul(distance).add(1).log());
    },
    { planes: ["share"], windows: ["guide"] },
  ),
  windowKernel(
    "two-inputs",
    ["x", "logit"],
    ({ x, logit }, fold) => {
      const weight = logit.exp();
      return fold.sum(x.mul(weight)).div(fold.sum(weight).add(0.5));
    },
  ),
];

/** A generator of numbers that are the same in every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A kernel on windows. */
export interface Case {
  readonly name: string;
  readonly kernel: WindowKernel;
  readonly geometry: Geometry;
  /** Whether some numbers are NaN and −∞. */
  readonly odd?: boolean;
}

/** All results of a case on a backend: outputs, then gradients. */
export async function evaluate(
  backend: Backend,
  { kernel, geometry, odd }: Case,
): Promise<Tensor[]> {
  const next = generator(7);
  using session = backend.session({ mode: "train", seed: 5 });
  const tensor = (shape: Shape, of: () => number) =>
    session.upload({
      shape,
      data: Float32Array.from(
        { length: shape.reduce((n, length) => n * length, 1) },
        of,
      ),
    });
  const values: Record<string, Value> = {};
  for (const name of kernel.inputs) {
    values[name] = tensor(geometry.inputShape, () => {
      if (odd && next() < 0.1) return next() < 0.1 ? NaN : -Infinity;
      // Quarters give ties.
      return Math.round(next() * 16 - 8) / 4;
    });
  }
  const { channels } = geometry;
  for (const name of kernel.leaves.channels) {
    values[name] = tensor([channels], next);
  }
  for (const name of kernel.leaves.planes) {
    values[name] = tensor([geometry.items, channels], next);
  }
  for (const name of kernel.leaves.windows) {
    values[name] = tensor(geometry.outputShape, next);
  }
  for (const name of kernel.leaves.taps) {
    values[name] = tensor([channels, windowSize(geometry)], next);
  }
  const scalars = Object.fromEntries(
    kernel.leaves.scalars.map((name) => [name, 1.5]),
  );
  const outputs = session.window(kernel, { values, scalars }, geometry);
  const dy = tensor(geometry.outputShape, () => next() * 2 - 1);
  const gradients = session.grad(outputs.y, dy, Object.values(values));
  return await Promise.all(
    [...Object.values(outputs), ...gradients].map((value) =>
      session.read(value)
    ),
  );
}

/** The largest difference, relative to values above 1. */
export function distance(a: Tensor, b: Tensor): number {
  let largest = 0;
  for (const [index, x] of a.data.entries()) {
    const y = b.data[index];
    const same = Object.is(x, y) || x === y;
    const apart = same ? 0 : Math.abs(x - y) / Math.max(1, Math.abs(y));
    largest = Number.isNaN(apart) ? Infinity : Math.max(largest, apart);
  }
  return largest;
}

/**
 * Asserts that the CPU, on one thread without fused multiply-add and on two with
 * it, gives what the interpreter does in all cases, and writes nowhere else.
 */
export async function assertAgreement(cases: Iterable<Case>): Promise<void> {
  using oracle = interpreter();
  using canaries = placeCanaries();
  using one = await cpu({ threads: 1, fusedMultiplyAdd: false });
  using two = await cpu({ threads: 2 });
  const faults: string[] = [];
  let tried = 0;
  for (const test of cases) {
    const expected = await evaluate(oracle, test);
    for (const backend of [one, two]) {
      try {
        const got = await evaluate(backend, test);
        canaries.check();
        for (const [index, tensor] of got.entries()) {
          const apart = distance(tensor, expected[index]);
          if (apart <= 2e-5) continue;
          faults.push(
            `${test.name} on ${backend.info}: result ${index} is ${apart} off`,
          );
        }
      } catch (error) {
        faults.push(`${test.name} on ${backend.info}: ${error}`);
      }
    }
    tried += 1;
  }
  if (faults.length === 0) return;
  throw new Error(
    `${faults.length} faults in ${tried} cases\n${
      faults.slice(0, 40).join("\n")
    }`,
  );
}
