import {
  checkExamples,
  conform,
  float32,
  type InputGenerator,
  makeTensor,
  testBackends,
  testInterpreter,
} from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { generalizedMean } from "./generalized_mean.ts";

const INF = Infinity;
const row = { x: float32([[[1, 2], [3, 4]]]) };
const eps = Math.fround(1e-6);

checkExamples(generalizedMean, [
  {
    name: "p 3 by default",
    inputs: row,
    options: {},
    outputs: { y: float32([[[2.9240177]]]) },
    gradients: {
      x: float32([[[.0292402, .1169607], [.2631616, .4678428]]]),
      p: float32([.1621337]),
    },
  },
  {
    name: "p 1 is the mean",
    inputs: row,
    options: { p: 1 },
    outputs: { y: float32([[[2.5]]]) },
    gradients: { x: float32([[[.25, .25], [.25, .25]]]) },
  },
  {
    name: "a large p is nearly the maximum",
    inputs: row,
    options: { p: 1000 },
    // 4 / 4^(1/1000)
    outputs: { y: float32([[[3.9944586]]]) },
    gradients: { x: float32([[[0, 0], [0, .9986147]]]) },
  },
  {
    name: "the power is a weight, shared by all channels",
    inputs: { x: float32([[[3, 4]], [[6, 8]]]) },
    options: {},
    weights: { p: float32([2]) },
    outputs: { y: float32([[[3.5355339]], [[7.0710678]]]) },
    gradients: {
      x: float32([[[.4242641, .5656854]], [[.4242641, .5656854]]]),
      // That of the second channel is twice that of the first.
      p: float32([0.1053474]),
    },
  },
  {
    name: "or each channel has its own",
    inputs: { x: float32([[[3, 4]], [[3, 4]]]) },
    options: { perChannel: true },
    weights: { p: float32([2, 1]) },
    outputs: { y: float32([[[3.5355339]], [[3.5]]]) },
    gradients: {
      x: float32([[[.4242641, .5656854]], [[.5, .5]]]),
      p: float32([0.0351158, 0.0358368]),
    },
  },
  {
    name: "windows may be many, and overlap",
    inputs: { x: float32([[3, 4, 3]]) },
    options: { p: 2, outputSize: [2] },
    outputs: { y: float32([[3.5355339, 3.5355339]]) },
    gradients: { x: float32([[.4242641, 1.1313709, .4242641]]) },
  },
  {
    name: "flatten gives a vector, in the order of memory",
    inputs: { x: float32([[[1, 2], [3, 4]]]) },
    options: { outputSize: [1, null], layout: "NHWC", flatten: true },
    outputs: { y: float32([1, 2, 3, 4]) },
  },
  {
    name: "where all are at most eps, it is eps",
    inputs: { x: float32([[0, -1, -INF]]) },
    options: { outputSize: [1] },
    outputs: { y: float32([[eps]]) },
    gradients: { x: float32([[0, 0, 0]]), p: float32([0]) },
  },
  {
    name: "an element that is eps has a gradient, smaller ones have none",
    inputs: { x: float32([[.5, .25, -3]]) },
    options: { p: 1, eps: .5, outputSize: [1] },
    outputs: { y: float32([[.5]]) },
    gradients: { x: float32([[1 / 3, 0, 0]]) },
  },
  ...[1e-20, 1e30].map((unit) => ({
    name: `powers neither overflow nor vanish, ${unit}`,
    inputs: { x: float32([[3 * unit, 4 * unit]]) },
    options: { p: 20, eps: 1e-30, outputSize: [1] },
    // 4 (½ (1 + 0.75²⁰))^(1/20)
    outputs: { y: float32([[3.8643765 * unit]]) },
  })),
  {
    name: "NaN gives NaN",
    inputs: { x: float32([[1, NaN]]) },
    options: { outputSize: [1] },
    outputs: { y: float32([[NaN]]) },
    gradients: { x: float32([[NaN, 0]]), p: float32([NaN]) },
  },
  {
    name: "∞ gives ∞, and gradients that are none",
    inputs: { x: float32([[1, INF, INF]]) },
    options: { outputSize: [1] },
    outputs: { y: float32([[INF]]) },
    gradients: { x: float32([[0, NaN, NaN]]), p: float32([NaN]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

Deno.test("generalized-mean has a power for all channels, or one for each", () => {
  const { weights, shape } = generalizedMean;
  const options = {
    p: 4,
    perChannel: false,
    eps: 1e-6,
    outputSize: 2,
    flatten: false,
    layout: "NCHW" as const,
    axes: null,
  };
  const x = [2, 3, 5, 7];
  assertEquals(weights!({ x }, options).p.shape, [1]);
  assertEquals(weights!({ x }, options).p.initial, 4);
  assertEquals(weights!({ x }, { ...options, perChannel: true }).p.shape, [3]);
  assertEquals(shape({ x }, options), [2, 3, 2, 2]);
  assertEquals(shape({ x }, { ...options, flatten: true }), [2, 12]);
});

for (const power of [0, -1, NaN, INF, 1e-40]) {
  Deno.test(`generalized-mean refuses the power ${power}`, () => {
    using session = interpreter().session();
    const x = session.upload(row.x);
    assertThrows(
      () => session.run(generalizedMean, { x }, { options: { p: power } }),
      RangeError,
      `Option p is ${power}: a number of at least 1e-30 and of at most 1e+30 is needed`,
    );
    const weights = { p: session.upload(float32([power])) };
    assertThrows(
      () => session.run(generalizedMean, { x }, { weights }),
      RangeError,
    );
  });
}

for (const { name, open, skip } of [testInterpreter, ...testBackends]) {
  const reason = skip === undefined ? "" : ` (skipped: ${skip})`;
  for (const p of [1, 2, 3, 4, 2.5]) {
    Deno.test({
      name: `generalized-mean on ${name} infers with p ${p}${reason}`,
      ignore: skip !== undefined,
      async fn() {
        using backend = await open();
        using session = backend.session();
        const numbers = [[[1e30, 2e30], [0, -1]], [[-1, -2], [0, INF]], [
          [NaN, 1],
          [2, 3],
        ]];
        const x = session.upload(float32(numbers));
        const weights = { p: session.upload(float32([p, p, p])) };
        const options = { perChannel: true };
        const { y } = session.run(generalizedMean, { x }, { options, weights });
        const [first, ...others] = (await session.read(y)).data;
        const expected = ((1 + 2 ** p) / 4) ** (1 / p);
        assertAlmostEquals(first / 1e30, expected, 1e-5);
        assertEquals(others, [INF, NaN]);
      },
    });
  }
}

/** The slope changes at eps: no number is as near to it as a step. */
const inputs: InputGenerator = ({ shape, options, data, random }) => {
  const x = makeTensor(shape, { random, kind: data });
  const least = options.eps as number;
  const apart = (value: number) => value + (value < least ? -.25 : .25);
  return {
    x: { shape, data: data === "spread" ? x.data.map(apart) : x.data },
  };
};

conform(generalizedMean, { inputs });
