import {
  checkExamples,
  conform,
  type ConformanceCase,
  float32,
} from "@rockpool/conformance";
import type { Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import {
  positionSensitiveRoi,
  type PositionSensitiveRoiOptions,
  roiAlign,
} from "../mod.ts";
import { regions, rois, withRois } from "./test_rois.ts";

/** Four channels c of a ramp: c + 1 and hundredths from 0 to 15. */
const x: Tensor = {
  shape: [1, 4, 4, 4],
  data: Float32Array.from(
    { length: 64 },
    (_, at) => Math.floor(at / 16) + 1 + (at % 16) / 100,
  ),
};

checkExamples(positionSensitiveRoi, [
  {
    name: "each part reads a channel of its own, without the last corner",
    inputs: { x },
    options: { rois: rois([0, 0, 2, 2]), outputSize: 2 },
    outputs: { y: float32([[[[1, 2.01], [3.04, 4.05]]]]) },
  },
  {
    name: "the last row and column count",
    inputs: { x },
    options: { rois: rois([2, 2, 4, 4]), outputSize: 2 },
    outputs: { y: float32([[[[1.1, 2.11], [3.14, 4.15]]]]) },
  },
  {
    name: "or not, as in torchvision, and take no gradient then",
    inputs: { x: float32([[1, 2, 3, 4], [5, 6, 7, 8]]) },
    options: {
      rois: rois([0, 4]),
      outputSize: [2],
      clipMode: "torchvision",
    },
    outputs: { y: float32([[[1.5, 7]]]) },
    gradOutput: float32([[[2, 3]]]),
    gradients: { x: float32([[1, 1, 0, 0], [0, 0, 3, 0]]) },
  },
  {
    name: "torchvision's border empties parts",
    inputs: { x },
    options: {
      rois: rois([2, 2, 4, 4]),
      outputSize: 2,
      clipMode: "torchvision",
    },
    outputs: { y: float32([[[[1.1, 0], [0, 0]]]]) },
  },
  {
    name: "every element of a part takes an equal share",
    inputs: { x: float32([[[1, 2, 3], [4, 5, 6]]]) },
    options: { rois: rois([0, 0, 3, 2], [1, 0, 3, 1]), outputSize: 1 },
    outputs: { y: float32([[[[3.5]]], [[[2.5]]]]) },
    gradOutput: float32([[[[6]]], [[[2]]]]),
    gradients: { x: float32([[[1, 2, 2], [1, 1, 1]]]) },
  },
  {
    name: "a region outside gives 0, one of no size is 1 long",
    inputs: { x: float32([[5, 6, 7]]) },
    options: { rois: rois([8, 9], [1, 1], [2, 0]), outputSize: [1] },
    outputs: { y: float32([[[0]], [[6]], [[7]]]) },
    gradients: { x: float32([[0, 1, 1]]) },
  },
  {
    name: "channels follow each other, parts of one before the next",
    inputs: { x: float32([[1], [2], [3], [4], [5], [6]]) },
    options: { rois: rois([0, 1]), outputSize: [3] },
    outputs: { y: float32([[[1, 2, 3], [4, 5, 6]]]) },
  },
  {
    name: "channels last too, of several items",
    inputs: { x: float32([[[1, 2, 3, 4]], [[5, 6, 7, 8]]]) },
    options: {
      rois: regions([1, 0, 1], [0, 0, 1]),
      outputSize: [2],
      layout: "NHWC",
    },
    outputs: { y: float32([[[5, 7], [6, 8]], [[1, 3], [2, 4]]]) },
    gradOutput: float32([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    gradients: { x: float32([[[5, 7, 6, 8]], [[1, 3, 2, 4]]]) },
  },
  {
    name: "method align reads points as aligned RoIAlign does",
    inputs: { x },
    options: {
      rois: rois([1, 1, 3, 3]),
      outputSize: 2,
      method: "align",
      samplingRatio: 1,
    },
    outputs: { y: float32([[[[1.05, 2.06], [3.09, 4.1]]]]) },
  },
  {
    name: "method align gives 0 for a region of no size",
    inputs: { x },
    options: { rois: rois([1, 1, 1, 3]), outputSize: 2, method: "align" },
    outputs: { y: float32([[[[0, 0], [0, 0]]]]) },
  },
]);

Deno.test("position-sensitive-roi with method align of one part is aligned RoIAlign", async () => {
  using session = interpreter().session();
  const shape = [2, 3, 6, 7];
  const data = Float32Array.from({ length: 252 }, (_, at) => at * 37 % 101);
  const input = session.upload({ shape, data });
  const { rois } = withRois(shape, {}) as { rois: Tensor };
  const common = { rois, outputSize: 1, spatialScale: 0.9 };
  const { y } = session.run(positionSensitiveRoi, { x: input }, {
    options: { ...common, method: "align" },
  });
  const aligned = session.run(roiAlign, { x: input }, {
    options: { ...common, aligned: true },
  });
  assertEquals(await session.read(y), await session.read(aligned.y));
});

Deno.test("position-sensitive-roi gives nothing of no regions", async () => {
  using session = interpreter().session({ mode: "train" });
  const input = session.upload(x);
  const none = { shape: [0, 5], data: new Float32Array(0) };
  for (const method of ["pool", "align"] as const) {
    const { y } = session.run(positionSensitiveRoi, { x: input }, {
      options: { rois: none, outputSize: [1, 2], method },
    });
    assertEquals(y.shape, [0, 2, 1, 2]);
    const [gradient] = session.grad(y, session.empty(y.shape), [input]);
    const { data } = await session.read(gradient);
    assertEquals([...data], new Array(64).fill(0));
  }
});

const one = rois([0, 0, 1, 1]);
const refused: [
  options: Partial<PositionSensitiveRoiOptions>,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [{ outputSize: 2 }, TypeError, "Option rois is missing: a tensor is needed"],
  [
    { rois: one, outputSize: [3, 2] },
    RangeError,
    "Cannot pool 4 channels by position: a multiple of 6 is needed, as many as there are windows of outputSize 3×2",
  ],
  [
    { rois: regions([1, 0, 0, 1, 1]), outputSize: 2 },
    RangeError,
    "Cannot pool region 0, [1,0,0,1,1]: an item below 1",
  ],
  [
    { rois: rois([0, 0, 1e9, 1]), outputSize: 2, method: "align" },
    RangeError,
    "at most 4096 are allowed, a samplingRatio is needed",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`position-sensitive-roi refuses: ${message}`, () => {
    using session = interpreter().session();
    const input = session.upload(x);
    assertThrows(
      () => session.run(positionSensitiveRoi, { x: input }, { options }),
      kind,
      message,
    );
  });
}

/** Several parts along every axis, for each method and layout. */
const cases: ConformanceCase[] = (["pool", "align"] as const).flatMap(
  (method) =>
    (["NCHW", "NHWC"] as const).flatMap((layout) =>
      [[6, 7], [5, 4, 6]].map((spatial): ConformanceCase => {
        const axes = spatial.length;
        const outputSize = [2, 1, 3].slice(0, axes);
        const channels = 2 * outputSize.reduce((a, b) => a * b);
        const shape = layout === "NCHW"
          ? [2, channels, ...spatial]
          : [2, ...spatial, channels];
        const options = { method, layout, axes, outputSize };
        return { shape, options: withRois(shape, options) };
      })
    ),
);

conform(positionSensitiveRoi, {
  options: withRois,
  cases,
  tolerance: { rtol: 1e-5, atol: 1e-5 },
});
