import {
  backendTests,
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
  type InputGenerator,
  makeTensor,
} from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { powerAverage, type PowerAverageOptions } from "./mod.ts";

const INF = Infinity;
const cut = { x: float32([[[3, 4, 1], [0, 0, 2], [1, 2, 2]]]) };
const square = { x: float32([[[1, 2], [2, 4]]]) };
const signed = { x: float32([[[-1, 2], [3, -4]]]) };
const ceil = { kernelSize: 2, normType: 2, ceilMode: true } as const;

checkExamples(powerAverage, [
  {
    name: "p 2 is the Euclidean norm, cut windows are scaled up",
    inputs: cut,
    options: ceil,
    outputs: { y: float32([[[5, 3.1622777], [3.1622777, 4]]]) },
    gradients: {
      x: float32([[
        [.6, .8, .6324555],
        [0, 0, 1.2649111],
        [.6324555, 1.2649111, 2],
      ]]),
    },
  },
  {
    name: "partialWindow sum leaves cut windows as they are",
    inputs: cut,
    options: { ...ceil, partialWindow: "sum" },
    outputs: { y: float32([[[5, 2.2360680], [2.2360680, 2]]]) },
  },
  {
    name: "average divides by the elements that are there",
    inputs: cut,
    options: { ...ceil, average: true },
    outputs: { y: float32([[[2.5, 1.5811388], [1.5811388, 2]]]) },
    gradients: {
      x: float32([[
        [.3, .4, .3162278],
        [0, 0, .6324555],
        [.3162278, .6324555, 1],
      ]]),
    },
  },
  {
    name: "ones stay alike in cut windows",
    inputs: { x: float32([[[1, 1, 1], [1, 1, 1], [1, 1, 1]]]) },
    options: ceil,
    outputs: { y: float32([[[2, 2], [2, 2]]]) },
  },
  {
    name: "p 3 of positive numbers",
    inputs: square,
    options: { kernelSize: 2, normType: 3 },
    outputs: { y: float32([[[4.3267487]]]) },
    gradients: { x: float32([[[.0534170, .2136679], [.2136679, .8546716]]]) },
  },
  {
    name: "p 3 of a negative sum is NaN, and so are all its gradients",
    inputs: signed,
    options: { kernelSize: 2, normType: 3 },
    outputs: { y: float32([[[NaN]]]) },
    gradients: { x: float32([[[NaN, NaN], [NaN, NaN]]]) },
  },
  {
    name: "p 3 of magnitudes has a value",
    inputs: signed,
    options: { kernelSize: 2, normType: 3, signMode: "abs" },
    outputs: { y: float32([[[4.6415888]]]) },
    gradients: {
      x: float32([[[-.0464159, .1856636], [.4177430, -.7426542]]]),
    },
  },
  {
    name: "odd powers keep the signs of a positive sum, small and large",
    inputs: { x: float32([[-1, 2], [-1, 2]]) },
    options: { kernelSize: [2], normType: 3 },
    outputs: { y: float32([[1.9129312], [1.9129312]]) },
    gradients: { x: float32([[.2732759, 1.0931035], [.2732759, 1.0931035]]) },
  },
  {
    name: "p 9 keeps signs as well",
    inputs: { x: float32([[-1, 2, 1, -2]]) },
    options: { kernelSize: [2], normType: 9 },
    outputs: { y: float32([[1.9995654, NaN]]) },
  },
  {
    name: "p 10 has none to keep",
    inputs: { x: float32([[-1, -2]]) },
    options: { kernelSize: [2], normType: 10 },
    outputs: { y: float32([[2.0001953]]) },
    gradients: { x: float32([[-.0019514, -.9991213]]) },
  },
  {
    name: "p 1 is the sum, negative too",
    inputs: { x: float32([[1, -5]]) },
    options: { kernelSize: [2], normType: 1 },
    outputs: { y: float32([[-4]]) },
    gradients: { x: float32([[1, 1]]) },
  },
  {
    name: "p 1 of magnitudes has the signs as gradient",
    inputs: { x: float32([[1, -5, 0]]) },
    options: { kernelSize: [3], normType: 1, signMode: "abs" },
    outputs: { y: float32([[6]]) },
    gradients: { x: float32([[1, -1, 0]]) },
  },
  {
    name: "a power that is no integer has no value at a negative element",
    inputs: { x: float32([[1, 4, 9, -1]]) },
    options: { kernelSize: [2], normType: 1.5 },
    outputs: { y: float32([[4.3267487, NaN]]) },
    gradients: { x: float32([[.4807499, .9614997, NaN, NaN]]) },
  },
  {
    name: "p 0.5 of magnitudes",
    inputs: { x: float32([[-1, 4]]) },
    options: { kernelSize: [2], normType: 0.5, signMode: "abs" },
    outputs: { y: float32([[9]]) },
    gradients: { x: float32([[-3, 1.5]]) },
  },
  {
    name: "the slope at 0 is infinite below p 1, and 0 above it",
    inputs: { x: float32([[0, 4]]) },
    options: { kernelSize: [2], normType: 0.5, signMode: "abs" },
    outputs: { y: float32([[4]]) },
    gradients: { x: float32([[INF, 1]]) },
  },
  ...[0.5, 1, 1.5, 2, 3, 9].flatMap((normType) =>
    (["signed", "abs"] as const).map((signMode) => ({
      name: `zeros give 0 without gradient, p ${normType} ${signMode}`,
      inputs: { x: float32([[0, -0]]) },
      options: { kernelSize: [2], normType, signMode },
      outputs: { y: float32([[0]]) },
      gradients: { x: float32([[0, 0]]) },
    }))
  ),
  ...[1, 3, 9].map((normType) => ({
    name: `a sum of 0 gives 0 without gradient, p ${normType}`,
    inputs: { x: float32([[2, -2]]) },
    options: { kernelSize: [2], normType },
    outputs: { y: float32([[0]]) },
    gradients: { x: float32([[0, 0]]) },
  })),
  ...[1e30, 1e-30].map((unit) => ({
    name: `neither large nor small elements are lost, ${unit}`,
    inputs: { x: float32([[3 * unit, 4 * unit]]) },
    options: { kernelSize: [2], normType: 2 },
    outputs: { y: float32([[5 * unit]]) },
    gradients: { x: float32([[.6, .8]]) },
  })),
  {
    name: "p 8 of the largest numbers",
    inputs: { x: float32([[3e38, 0]]) },
    options: { kernelSize: [2], normType: 8 },
    outputs: { y: float32([[3e38]]) },
    gradients: { x: float32([[1, 0]]) },
  },
  {
    name: "padding adds nothing, and is no element of an average",
    inputs: { x: float32([[3, 4]]) },
    options: {
      kernelSize: [2],
      normType: 2,
      padding: [1],
      average: true,
      ceilMode: true,
    },
    outputs: { y: float32([[3, 4]]) },
  },
  {
    name: "padding is part of a whole window",
    inputs: { x: float32([[3, 4]]) },
    options: { kernelSize: [2], normType: 2, padding: [1], ceilMode: true },
    outputs: { y: float32([[3, 4]]) },
  },
  {
    name: "a window without elements gives 0",
    inputs: { x: float32([[3]]) },
    options: { kernelSize: [2], normType: 2, dilation: [2], padding: [1] },
    outputs: { y: float32([[0]]) },
    gradients: { x: float32([[0]]) },
  },
  {
    name: "elements outside all windows have no gradient",
    inputs: { x: float32([[1, 1, -1]]) },
    options: { kernelSize: [1], stride: [2], normType: 1.5 },
    outputs: { y: float32([[1, NaN]]) },
    gradients: { x: float32([[1, 0, NaN]]) },
  },
  {
    name: "∞ gives ∞, with gradient 0 beside it and none of its own",
    inputs: { x: float32([[-INF, 2]]) },
    options: { kernelSize: [2], normType: 3, signMode: "abs" },
    outputs: { y: float32([[INF]]) },
    gradients: { x: float32([[NaN, 0]]) },
  },
  {
    name: "NaN gives NaN",
    inputs: { x: float32([[NaN, 2]]) },
    options: { kernelSize: [2], normType: 2, signMode: "abs" },
    outputs: { y: float32([[NaN]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

// The rules of options allow no infinite number, so the limit is tried below them.
const limit: PowerAverageOptions = {
  kernelSize: 2,
  stride: null,
  padding: 0,
  dilation: 1,
  ceilMode: true,
  layout: "NCHW",
  axes: null,
  normType: INF,
  signMode: "abs",
  partialWindow: "rescale",
  average: true,
};

backendTests("power-average")(
  "gives the greatest magnitude for an infinite power",
  async (backend) => {
    using session = backend.session({ mode: "train" });
    const x = session.upload(float32([[[1, -4, 0], [4, 3, 0]]]));
    const { y } = powerAverage.forward(session, { x }, limit, {});
    assertEquals(await session.read(y), float32([[[4, 0]]]));
    const dy = session.upload(float32([[[2, 5]]]));
    const [gradient] = session.grad(y, dy, [x]);
    assertEquals(
      [...(await session.read(gradient)).data].map((g) => g + 0),
      [0, -2, 0, 0, 0, 0],
    );
  },
);

Deno.test("an infinite power with signs is refused", () => {
  assertThrows(
    () =>
      powerAverage.shape(
        { x: [1, 2, 2] },
        { ...limit, signMode: "signed" },
      ),
    RangeError,
    'Cannot pool with normType Infinity and signMode "signed": a finite normType or signMode "abs" is needed',
  );
});

for (const normType of [0, -2, 0.001, 1e4, NaN]) {
  Deno.test(`normType ${normType} is refused`, () => {
    using session = interpreter().session();
    const x = session.upload(square.x);
    const options = { kernelSize: 2, normType };
    assertThrows(
      () => session.run(powerAverage, { x }, { options }),
      RangeError,
      `Option normType is ${normType}: a number of at least 0.01 and of at most 1000, or Infinity is needed`,
    );
  });
}

/** The windows that networks use, with powers of every kind. */
const cases: ConformanceCase[] = [0.5, 1, 1.5, 2, 3, 4, 5, 8, 10]
  .flatMap((normType, index) =>
    [
      { kernelSize: 2 },
      { kernelSize: 3, stride: 1, padding: 1 },
      { kernelSize: 3, stride: 2, ceilMode: true },
      { kernelSize: 5, stride: 2, padding: 1, average: true },
    ].map((windows, turn): ConformanceCase => {
      const nhwc = (index + turn) % 2 === 1;
      return {
        shape: nhwc ? [2, 8, 11, 8] : [1, 3, 8, 21],
        options: {
          ...windows,
          normType,
          signMode: "abs",
          layout: nhwc ? "NHWC" : "NCHW",
        },
        data: (["spread", "ties", "non-finite"] as const)[
          (index + 2 * turn) % 3
        ],
      };
    })
  );

/**
 * Numbers of both signs, but where the function has no slope somewhere in
 * between: at sums of 0 for odd powers with signs, at 0 below p = 1.
 */
const inputs: InputGenerator = ({ shape, options, data, random }) => {
  const x = makeTensor(shape, { random, kind: data });
  const p = options.normType as number;
  const odd = p % 2 !== 0 && options.signMode === "signed";
  const shift = data === "spread" && (odd || p < 1) ? 5 : 0;
  return { x: { shape, data: x.data.map((value) => value + shift) } };
};

conform(powerAverage, { cases, inputs });
