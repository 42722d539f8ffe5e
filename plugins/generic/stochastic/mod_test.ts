import {
  backendTests,
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
  makeTensor,
} from "@rockpool/conformance";
import type { Backend, Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { stochastic, type StochasticOptions } from "./mod.ts";

const INF = Infinity;
const WINDOW = [1.6, 0, 0.4, 2];
const expectation = { training: false };

checkExamples(stochastic, [
  {
    name: "the expectation weighs elements by themselves",
    inputs: { x: float32([WINDOW]) },
    options: { kernelSize: [4], ...expectation },
    outputs: { y: float32([[1.68]]) },
    gradients: { x: float32([[.38, -.42, -.22, .58]]) },
  },
  {
    name: "negative elements count as 0 and have no gradient",
    inputs: { x: float32([[-5, 3, 1]]) },
    options: { kernelSize: [3], ...expectation },
    outputs: { y: float32([[2.5]]) },
    gradients: { x: float32([[0, .875, -.125]]) },
  },
  {
    name: "a window without a positive element gives 0 and has no gradient",
    inputs: { x: float32([[0, 0, -1, -2, 0, -1e-39]]) },
    options: { kernelSize: [2], ...expectation },
    outputs: { y: float32([[0, 0, 0]]) },
    gradients: { x: float32([[0, 0, 0, 0, 0, 0]]) },
  },
  {
    name: "infinity takes all, shared evenly",
    inputs: { x: float32([[1, INF, INF, 2]]) },
    options: { kernelSize: [4], ...expectation },
    outputs: { y: float32([[INF]]) },
    gradients: { x: float32([[0, .5, .5, 0]]) },
  },
  {
    name: "huge elements do not overflow",
    inputs: { x: float32([[3e38, 3e38, 0, 1e38]]) },
    options: { kernelSize: [4], ...expectation },
    outputs: { y: float32([[19e38 / 7]]) },
  },
  {
    name: "NaN gives NaN",
    inputs: { x: float32([[1, NaN, 2, 3]]) },
    options: { kernelSize: [2], ...expectation },
    outputs: { y: float32([[NaN, 13 / 5]]) },
  },
  {
    name: "padding has no weight",
    inputs: { x: float32([[2, 5]]) },
    options: { kernelSize: [2], padding: [1], ...expectation },
    outputs: { y: float32([[2, 5]]) },
  },
  {
    name: "shifted, the least element has no weight",
    inputs: { x: float32([[-3, -1, 1]]) },
    options: { kernelSize: [3], negative: "shift", ...expectation },
    // a = 0, 2, 4; p = 0, ⅓, ⅔; p + (x − y) / 6
    outputs: { y: float32([[1 / 3]]) },
    gradients: { x: float32([[-5 / 9, 1 / 9, 7 / 9]]) },
  },
  {
    name: "shifted, elements that are all alike share evenly",
    inputs: { x: float32([[-3, -3, -INF, -INF]]) },
    options: { kernelSize: [2], negative: "shift", ...expectation },
    outputs: { y: float32([[-3, -INF]]) },
    gradients: { x: float32([[.5, .5, .5, .5]]) },
  },
  {
    name: "the last NaN is drawn, and nothing where no element is positive",
    inputs: { x: float32([[NaN, NaN, 1, -1, 0, -2]]) },
    options: { kernelSize: [3], returnIndices: true },
    outputs: {
      y: float32([[NaN, 0]]),
      indices: { shape: [1, 2], data: Int32Array.of(1, -1) },
    },
    gradients: { x: float32([[0, 1, 0, 0, 0, 0]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

/** The output and the positions of an input without a batch, by a seed. */
async function draw(
  backend: Backend,
  x: Tensor,
  { seed, ...options }: { seed: number } & Partial<StochasticOptions>,
): Promise<{ y: number[]; indices: number[] }> {
  using session = backend.session({ mode: "train", seed });
  const { y, indices } = session.run(stochastic, { x: session.upload(x) }, {
    options: { returnIndices: true, ...options },
  });
  const [values, places] = [
    await session.read(y),
    await session.read(indices!),
  ];
  return { y: [...values.data], indices: [...places.data] };
}

/** So many windows alike, in a row. */
function windows(window: readonly number[], count: number): Tensor {
  const data = Array.from({ length: count }, () => window).flat();
  return { shape: [1, data.length], data: Float32Array.from(data) };
}

const test = backendTests("stochastic");

test("draws by the word of the output's index", async (backend) => {
  const x = windows(WINDOW, 6);
  const { y, indices } = await draw(backend, x, {
    seed: 42,
    kernelSize: [4],
  });
  assertEquals([indices[0], indices[5] - 20], [3, 0]);
  assertEquals([y[0], y[5]], [2, Math.fround(1.6)]);
});

test("draws the same elements as the interpreter, others for another seed", async (backend) => {
  const x = makeTensor([3, 16, 37], { random: mulberry(1) });
  for (const negative of ["clamp", "shift"] as const) {
    const options = { kernelSize: 3, stride: 2, padding: 1, negative };
    const first = await draw(backend, x, { seed: 1, ...options });
    assertEquals(
      first,
      await draw(interpreter(), x, { seed: 1, ...options }),
    );
    const second = await draw(backend, x, { seed: 2, ...options });
    const other = first.indices.filter((at, i) => at !== second.indices[i]);
    assertLess(first.indices.length / 4, other.length);
  }
});

test("draws as often as elements are large", async (backend) => {
  const count = 20_000;
  const cases = [
    { negative: "clamp", window: WINDOW, p: [.4, 0, .1, .5] },
    { negative: "clamp", window: [3, -7, 0, 1], p: [.75, 0, 0, .25] },
    { negative: "shift", window: [-3, -1, 1, -3], p: [0, 1 / 3, 2 / 3, 0] },
    { negative: "shift", window: [-3, -3, -3, -3], p: [.25, .25, .25, .25] },
  ] as const;
  for (const { negative, window, p } of cases) {
    const { indices } = await draw(backend, windows(window, count), {
      seed: 3,
      kernelSize: [4],
      negative,
    });
    const drawn = [0, 0, 0, 0];
    for (const at of indices) drawn[at % 4] += 1;
    let chiSquared = 0;
    for (const [cell, share] of p.entries()) {
      const expected = share * count;
      if (share === 0) assertEquals(drawn[cell], 0);
      else chiSquared += (drawn[cell] - expected) ** 2 / expected;
    }
    // One in a thousand is larger, with three degrees of freedom.
    assertLess(chiSquared, 16.27);
  }
});

/** Random numbers in [0, 1), the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("stochastic refuses a negative element where that is an error", () => {
  using session = interpreter().session();
  const x = session.upload(float32([[1, 2, -3, 4]]));
  assertThrows(
    () =>
      session.run(stochastic, { x }, {
        options: { kernelSize: [2], negative: "error" },
      }),
    RangeError,
    'Cannot draw in proportion to -3: with negative "error" elements of at least 0 are needed',
  );
});

Deno.test('with negative "error" a window gives NaN whose numbers the host does not have', async () => {
  using session = interpreter().session();
  const x = session.upload(float32([[1, 2, -3, 4]]));
  const context = Object.create(session, {
    peek: { value: () => undefined },
    window: { value: session.window.bind(session) },
  });
  const options = {
    kernelSize: [2],
    stride: null,
    padding: 0,
    dilation: 1,
    ceilMode: false,
    layout: "NCHW",
    axes: null,
    returnIndices: false,
    training: false,
    negative: "error",
  } as const;
  const { y } = stochastic.forward(context, { x }, options, {});
  const { data } = await session.read(y);
  assert(Number.isNaN(data[1]) && data[0] > 1);
});

Deno.test("stochastic refuses to draw from windows too large to be exact", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload({
    shape: [1, 257, 256],
    data: new Float32Array(257 * 256),
  });
  assertThrows(
    () =>
      session.run(stochastic, { x }, { options: { kernelSize: [257, 256] } }),
    RangeError,
    "Cannot draw from windows of 65792 elements: at most 65536 are needed",
  );
});

/** Whether two seeds give different outputs, as good as always. */
function isDrawn({ shape, options }: ConformanceCase): boolean {
  const least = options.negative === "shift" ? 3 : 2;
  // The one shape of the grid whose planes have one element.
  const isPoint = shape.filter((length) => length === 1).length > 2;
  return !isPoint && (options.training ?? true) === true &&
    Number(options.kernelSize) >= least;
}

/** Moves numbers away from 0, where the slope jumps. */
const OFFSET = 2 ** -9;

conform(stochastic, {
  random: true,
  inputs({ shape, data: kind, random, options }) {
    const { data } = makeTensor(shape, { random, kind });
    const isAbsolute = options.negative === "error";
    const offset = kind === "spread" ? OFFSET : 0;
    const moved = data.map((x) => (isAbsolute ? Math.abs(x) : x) + offset);
    return { x: { shape, data: moved } };
  },
  skip: {
    seeds: {
      where: (trial) => !isDrawn(trial),
      reason: "nothing is drawn, or there is nothing to choose from",
    },
    finiteDifferences: {
      where: ({ options }) =>
        options.negative === "shift" && options.training === false,
      reason: "the least element counts as a constant",
    },
  },
});
