import {
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
  int32,
} from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { globalAverage, type GlobalAverageOptions } from "./global_average.ts";

const INF = Infinity;
const rows = { x: float32([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]]) };
const last = { x: float32([[[1, 40], [2, 30]], [[3, 20], [6, 10]]]) };

checkExamples(globalAverage, [
  {
    name: "the whole plane by default",
    inputs: rows,
    options: {},
    outputs: { y: float32([[[6.5]]]) },
    gradOutput: float32([[[12]]]),
    gradients: { x: float32([[[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]]) },
  },
  {
    name: "windows overlap where the lengths do not divide",
    inputs: rows,
    options: { outputSize: [2, 3] },
    outputs: { y: float32([[[3.5, 4.5, 5.5], [7.5, 8.5, 9.5]]]) },
    gradients: {
      x: float32([[
        [.25, .5, .5, .25],
        [.5, 1, 1, .5],
        [.25, .5, .5, .25],
      ]]),
    },
  },
  {
    name: "and so do those of the maximum",
    inputs: rows,
    options: { outputSize: [2, 3], mode: "max", returnIndices: true },
    outputs: {
      y: float32([[[6, 7, 8], [10, 11, 12]]]),
      indices: int32([[[5, 6, 7], [9, 10, 11]]]),
    },
    gradients: { x: float32([[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 1]]]) },
  },
  {
    name: "null keeps the length of an axis",
    inputs: rows,
    options: { outputSize: [null, 2] },
    outputs: { y: float32([[[1.5, 3.5], [5.5, 7.5], [9.5, 11.5]]]) },
  },
  {
    name: "more windows than elements have an element each, and share it",
    inputs: { x: float32([[1, 2]]) },
    options: { outputSize: [4] },
    outputs: { y: float32([[1, 1, 2, 2]]) },
    gradOutput: float32([[1, 2, 3, 4]]),
    gradients: { x: float32([[3, 7]]) },
  },
  {
    name: "a window may cross the border of a window of one element",
    inputs: { x: float32([[1, 3]]) },
    options: { outputSize: [3] },
    outputs: { y: float32([[1, 2, 3]]) },
    gradOutput: float32([[1, 2, 4]]),
    gradients: { x: float32([[2, 5]]) },
  },
  {
    name: "one element is its own mean and maximum",
    inputs: { x: float32([[[5]], [[-7]]]) },
    options: { mode: "avgmax" },
    outputs: { y: float32([[[5]], [[-7]]]) },
    gradients: { x: float32([[[1]], [[1]]]) },
  },
  {
    name: "avgmax is half of the sum",
    inputs: rows,
    options: { mode: "avgmax", outputSize: [1, 2] },
    outputs: { y: float32([[[7.75, 9.75]]]) },
    gradOutput: float32([[[12, 24]]]),
    gradients: { x: float32([[[1, 1, 2, 2], [1, 1, 2, 2], [1, 7, 2, 14]]]) },
  },
  {
    name: "catavgmax has the maxima behind the means",
    inputs: { x: float32([[[1, 2], [3, 6]], [[40, 30], [20, 10]]]) },
    options: { mode: "catavgmax" },
    outputs: { y: float32([[[3]], [[25]], [[6]], [[40]]]) },
    gradOutput: float32([[[4]], [[8]], [[10]], [[100]]]),
    gradients: { x: float32([[[1, 1], [1, 11]], [[102, 2], [2, 2]]]) },
  },
  {
    name: "channels may stand last, twice as many too",
    inputs: last,
    options: { mode: "catavgmax", layout: "NHWC" },
    outputs: { y: float32([[[3, 25, 6, 40]]]) },
    gradOutput: float32([[[4, 8, 10, 100]]]),
    gradients: { x: float32([[[1, 102], [1, 2]], [[1, 2], [11, 2]]]) },
  },
  {
    name: "flatten gives a vector for each item",
    inputs: { x: float32([[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]) },
    options: { outputSize: [1, 2], flatten: true },
    outputs: { y: float32([[1, 2, 3, 4], [5, 6, 7, 8]]) },
    gradOutput: float32([[1, 2, 3, 4], [5, 6, 7, 8]]),
    gradients: { x: float32([[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]]) },
  },
  {
    name: "flatten keeps the order of memory, of indices too",
    inputs: last,
    options: {
      mode: "max",
      outputSize: [2, 1],
      layout: "NHWC",
      flatten: true,
      returnIndices: true,
    },
    outputs: {
      y: float32([2, 40, 6, 20]),
      indices: int32([1, 0, 3, 2]),
    },
  },
  {
    name: "the first of equal elements takes the whole gradient",
    inputs: { x: float32([[[2, 5], [5, 5]]]) },
    options: { mode: "max", returnIndices: true },
    outputs: { y: float32([[[5]]]), indices: int32([[[1]]]) },
    gradients: { x: float32([[[0, 1], [0, 0]]]) },
  },
  {
    name: "the last NaN of several wins, in its windows only",
    inputs: { x: float32([[1, NaN, NaN, INF, 3, 2]]) },
    options: { mode: "max", outputSize: [2], returnIndices: true },
    outputs: { y: float32([[NaN, INF]]), indices: int32([[2, 3]]) },
    gradients: { x: float32([[0, 0, 1, 1, 0, 0]]) },
  },
  {
    name: "−∞ is a maximum like others",
    inputs: { x: float32([[-INF, -INF]]) },
    options: { mode: "max", outputSize: [1], returnIndices: true },
    outputs: { y: float32([[-INF]]), indices: int32([[0]]) },
    gradients: { x: float32([[1, 0]]) },
  },
  {
    name: "the mean of ∞ and −∞ is none, nor is that of NaN",
    inputs: { x: float32([[INF, -INF, NaN, 1, 2, 4]]) },
    options: { outputSize: [3] },
    outputs: { y: float32([[NaN, NaN, 3]]) },
    gradients: { x: float32([[.5, .5, .5, .5, .5, .5]]) },
  },
  {
    name: "three axes have windows each",
    inputs: { x: float32([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]) },
    options: { outputSize: [2, 1, null] },
    outputs: { y: float32([[[[2, 3]], [[6, 7]]]]) },
  },
]);

const all: GlobalAverageOptions = {
  mode: "avg",
  outputSize: 1,
  flatten: false,
  layout: "NCHW",
  axes: null,
  returnIndices: false,
};
const shapes: [
  what: string,
  x: number[],
  options: Partial<GlobalAverageOptions>,
  y: number[],
][] = [
  ["a batch", [2, 3, 5, 7], {}, [2, 3, 1, 1]],
  ["an item", [3, 5, 7], {}, [3, 1, 1]],
  ["a row", [3, 5], { outputSize: 2 }, [3, 2]],
  ["rows of a batch", [2, 3, 5], { outputSize: [2] }, [2, 3, 2]],
  ["channels last", [2, 5, 7, 3], { layout: "NHWC" }, [2, 1, 1, 3]],
  ["three axes", [2, 3, 4, 5, 6], { outputSize: 2 }, [2, 3, 2, 2, 2]],
  ["twice the channels", [2, 3, 5, 7], { mode: "catavgmax" }, [2, 6, 1, 1]],
  ["twice the last channels", [5, 7, 3], {
    mode: "catavgmax",
    layout: "NHWC",
    outputSize: [null, 2],
  }, [5, 2, 6]],
  ["vectors", [2, 3, 5, 7], { flatten: true, outputSize: 2 }, [2, 12]],
  ["a vector", [3, 5, 7], { flatten: true, mode: "catavgmax" }, [6]],
  ["no items", [0, 3, 5, 7], { flatten: true }, [0, 3]],
];
for (const [what, x, options, y] of shapes) {
  Deno.test(`global-average has a shape for ${what}`, () => {
    assertEquals(globalAverage.shape({ x }, { ...all, ...options }), y);
  });
}

const refused: [
  options: Partial<GlobalAverageOptions>,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [
    { returnIndices: true },
    TypeError,
    'Cannot give indices with mode "avg": mode "max" is needed',
  ],
  [
    { returnIndices: true, mode: "catavgmax" },
    TypeError,
    'Cannot give indices with mode "catavgmax"',
  ],
  [
    { outputSize: 0 },
    RangeError,
    "Option outputSize is 0: an integer or one per axis of at least 1, null for some is needed",
  ],
  [{ outputSize: [null, 0] }, RangeError, "Option outputSize is [null,0]"],
  [
    { outputSize: [1, 2, 3] },
    TypeError,
    "with 3 spatial axes rank 5 (a batch) or 4 is needed",
  ],
  [
    { outputSize: [1, 2, 3], axes: 2 },
    TypeError,
    "it has 3 entries, 2 are needed, one for each of height, width",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`global-average refuses ${JSON.stringify(options)}`, () => {
    using session = interpreter().session();
    const { x } = rows;
    assertThrows(
      () => session.run(globalAverage, { x: session.upload(x) }, { options }),
      kind,
      message,
    );
  });
}

/** Whole planes that are long, of every kind. */
const whole: ConformanceCase[] =
  (["avg", "max", "avgmax", "catavgmax"] as const)
    .flatMap((mode) =>
      [[33, 37], [32, 36]].flatMap((plane) =>
        (["NCHW", "NHWC"] as const).flatMap((layout) =>
          (["spread", "ties", "non-finite"] as const).map((data) => ({
            shape: layout === "NCHW" ? [2, 3, ...plane] : [...plane, 5],
            options: { mode, layout },
            data,
          }))
        )
      )
    );

conform(globalAverage, {
  cases: whole,
  tolerance: { rtol: 1e-5, atol: 1e-6 },
});
