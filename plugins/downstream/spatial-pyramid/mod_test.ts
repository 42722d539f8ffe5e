import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { spatialPyramid, type SpatialPyramidOptions } from "./mod.ts";

const INF = Infinity;
const square = {
  x: float32([
    [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    [[-1, -2, -3], [-4, -5, -6], [-7, -8, -9]],
  ]),
};

checkExamples(spatialPyramid, [
  {
    name: "levels follow each other, channels within",
    inputs: square,
    options: { levels: [2, 1] },
    outputs: { y: float32([5, 6, 8, 9, -1, -2, -4, -5, 9, -1]) },
    gradients: {
      x: float32([
        [[0, 0, 0], [0, 1, 1], [0, 1, 2]],
        [[2, 1, 0], [1, 1, 0], [0, 0, 0]],
      ]),
    },
  },
  {
    name: "mode avg has the means",
    inputs: { x: float32([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]) },
    options: { levels: [2, 1], mode: "avg" },
    outputs: { y: float32([[3, 4, 6, 7, 5]]) },
    gradOutput: float32([[4, 4, 4, 4, 9]]),
    gradients: { x: float32([[[[2, 3, 2], [3, 5, 3], [2, 3, 2]]]]) },
  },
  {
    name: "levels are in the order that they are given in",
    inputs: { x: float32([[1, 3, 2, 4]]) },
    options: { levels: [1, 2, 4], axes: 1 },
    outputs: { y: float32([4, 3, 4, 1, 3, 2, 4]) },
    gradOutput: float32([1, 2, 4, 8, 16, 32, 64]),
    gradients: { x: float32([[8, 18, 32, 69]]) },
  },
  {
    name: "a level may have more windows than elements",
    inputs: { x: float32([[[7]]]) },
    options: { levels: [2, 1] },
    outputs: { y: float32([7, 7, 7, 7, 7]) },
    gradOutput: float32([1, 2, 3, 4, 5]),
    gradients: { x: float32([[[15]]]) },
  },
  {
    name: "channels last stay last in each level",
    inputs: { x: float32([[[[1, -1], [2, -2]], [[3, -3], [4, -4]]]]) },
    options: { levels: [2, 1], layout: "NHWC" },
    outputs: { y: float32([[1, -1, 2, -2, 3, -3, 4, -4, 4, -1]]) },
    gradients: {
      x: float32([[[[1, 2], [1, 1]], [[1, 1], [2, 1]]]]),
    },
  },
  {
    name: "items have vectors each",
    inputs: { x: float32([[[1, 2]], [[3, 4]]]) },
    options: { levels: [1, 2], axes: 1 },
    outputs: { y: float32([[2, 1, 2], [4, 3, 4]]) },
  },
  {
    name: "three axes have k³ windows",
    inputs: { x: float32([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]) },
    options: { levels: [1, 2], axes: 3 },
    outputs: { y: float32([8, 1, 2, 3, 4, 5, 6, 7, 8]) },
  },
  {
    name: "the paper's windows of 13 are 5 long, 4 apart",
    inputs: { x: float32([[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]) },
    options: { levels: [3], windows: "paper", axes: 1 },
    outputs: { y: float32([12, 8, 4]) },
  },
  {
    name: "the paper's windows may leave elements out",
    inputs: { x: float32([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) },
    options: { levels: [4], windows: "paper", axes: 1 },
    outputs: { y: float32([3, 5, 7, 9]) },
    gradients: { x: float32([[0, 0, 1, 0, 1, 0, 1, 0, 1, 0]]) },
  },
  {
    name: "adaptive windows leave none out",
    inputs: { x: float32([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) },
    options: { levels: [4], axes: 1 },
    outputs: { y: float32([3, 5, 8, 10]) },
  },
  {
    name: "NaN wins in its windows only, the last of several first",
    inputs: { x: float32([[1, NaN, NaN, 5, -INF, -INF]]) },
    options: { levels: [3], axes: 1 },
    outputs: { y: float32([NaN, NaN, -INF]) },
    gradients: { x: float32([[0, 1, 1, 0, 1, 0]]) },
  },
]);

const all: SpatialPyramidOptions = {
  levels: [4, 2, 1],
  mode: "max",
  windows: "adaptive",
  layout: "NCHW",
  axes: null,
};
const shapes: [
  what: string,
  x: number[],
  options: Partial<SpatialPyramidOptions>,
  y: number[],
][] = [
  ["a batch", [2, 3, 13, 17], {}, [2, 63]],
  ["an item", [3, 13, 17], {}, [63]],
  ["channels last", [2, 13, 17, 3], { layout: "NHWC" }, [2, 63]],
  ["rows", [2, 3, 13], { axes: 1 }, [2, 21]],
  ["three axes", [2, 3, 5, 6, 7], { levels: [2, 3] }, [2, 105]],
  ["no items", [0, 3, 13, 17], { levels: [1] }, [0, 3]],
];
for (const [what, x, options, y] of shapes) {
  Deno.test(`spatial-pyramid has a shape for ${what}`, () => {
    assertEquals(spatialPyramid.shape({ x }, { ...all, ...options }), y);
  });
}

const refused: [
  options: Record<string, unknown>,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [
    { levels: [] },
    RangeError,
    "Option levels is []: a list of one or more integers of at least 1 is needed",
  ],
  [{ levels: [2, 0] }, RangeError, "Option levels is [2,0]"],
  [{ levels: 2 }, TypeError, "Option levels is 2"],
  [
    { levels: [2 ** 20] },
    RangeError,
    "Cannot make an output of shape",
  ],
  [
    { levels: [3, 6], windows: "paper" },
    RangeError,
    'Cannot pool an input of width 10 at level 6: windows "paper" of 2 every 1 are 9, 6 are needed, windows "adaptive" fit any length',
  ],
  [
    { levels: [1, 7], windows: "paper" },
    RangeError,
    'Cannot pool an input of height 6 at level 7: windows "paper" of 1 every 0 are 0, 7 are needed',
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`spatial-pyramid refuses ${JSON.stringify(options)}`, () => {
    using session = interpreter().session();
    const x = session.empty([1, 6, 10]);
    assertThrows(
      () => session.run(spatialPyramid, { x }, { options }),
      kind,
      message,
    );
  });
}

conform(spatialPyramid, { tolerance: { rtol: 1e-5, atol: 1e-6 } });
