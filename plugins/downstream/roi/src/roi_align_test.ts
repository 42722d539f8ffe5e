import {
  checkExamples,
  conform,
  float32,
  type InputGenerator,
  makeTensor,
} from "@rockpool/conformance";
import type { Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { roiAlign, type RoiAlignOptions } from "../mod.ts";
import { RAMP, regions, rois, withRois } from "./test_rois.ts";

const x = RAMP;

/** A gradient of the ramp: 0 but at these places. */
function at(places: Readonly<Record<number, number>>): Tensor {
  const data = Float32Array.from({ length: 16 }, (_, i) => places[i] ?? 0);
  return { shape: RAMP.shape, data };
}

checkExamples(roiAlign, [
  {
    name: "points are interpolated, elements at whole coordinates",
    inputs: { x },
    options: { rois: rois([1, 1, 3, 3]), outputSize: 2, samplingRatio: 1 },
    outputs: { y: float32([[[[7.5, 8.5], [11.5, 12.5]]]]) },
    gradOutput: float32([[[[1, 0], [0, 0]]]]),
    gradients: { x: at({ 5: .25, 6: .25, 9: .25, 10: .25 }) },
  },
  {
    name: "or, aligned, at their centres",
    inputs: { x },
    options: {
      rois: rois([1, 1, 3, 3]),
      outputSize: 2,
      samplingRatio: 1,
      aligned: true,
    },
    outputs: { y: float32([[[[5, 6], [9, 10]]]]) },
    gradOutput: float32([[[[1, 2], [3, 4]]]]),
    gradients: { x: at({ 5: 1, 6: 2, 9: 3, 10: 4 }) },
  },
  {
    name: "points outside are 0 and count",
    inputs: { x },
    options: {
      rois: rois([2, 2, 5, 5]),
      outputSize: 2,
      samplingRatio: 2,
      aligned: true,
    },
    outputs: { y: float32([[[[11.25, 6], [7.125, 3.75]]]]) },
  },
  {
    name: "without a ratio a window has as many points as elements, rounded up",
    inputs: { x: float32([[0, 1, 4, 9, 16]]) },
    // 3.5 elements in 2 windows of 2 points each: 0.4375, 1.3125, 2.1875 …
    options: { rois: rois([0, 3.5]), outputSize: [2] },
    outputs: {
      y: float32([[[(.4375 + 1.9375) / 2, (4.9375 + 9.4375) / 2]]]),
    },
  },
  {
    name: "a region of no size is 1 long, or aligned has no points",
    inputs: { x: float32([[0, 8, 16]]) },
    options: { rois: rois([1, 1]), outputSize: [1] },
    outputs: { y: float32([[[12]]]) },
  },
  {
    name: "aligned regions of no size or a negative one give 0",
    inputs: { x },
    options: {
      rois: rois([1, 1, 1, 3], [1, 1, 3, 1], [3, 3, 1, 1]),
      outputSize: [1, 1],
      aligned: true,
    },
    outputs: { y: float32([[[[0]]], [[[0]]], [[[0]]]]) },
    gradients: { x: at({}) },
  },
  {
    name: "a negative size with a ratio reads the region mirrored",
    inputs: { x },
    options: {
      rois: rois([3, 3, 1, 1]),
      outputSize: 2,
      samplingRatio: 1,
      aligned: true,
    },
    outputs: { y: float32([[[[10, 9], [6, 5]]]]) },
  },
  {
    name: "regions outside give 0, up to 1 outside the border",
    inputs: { x },
    options: {
      rois: rois([10, 10, 12, 12], [-9, -9, -5, -5], [-2, -2, -1, -1]),
      outputSize: [1, 1],
      samplingRatio: 2,
    },
    // Of the last region a quarter of the points is not further out than 1:
    // none, since they lie at −1.75 and −1.25.
    outputs: { y: float32([[[[0]]], [[[0]]], [[[0]]]]) },
    gradients: { x: at({}) },
  },
  {
    name: "a region over each border repeats the border, then nothing",
    inputs: { x: float32([[1, 2, 3, 4]]) },
    options: {
      rois: rois([-2, 2], [2, 6]),
      outputSize: [4],
      samplingRatio: 1,
    },
    outputs: { y: float32([[[0, 1, 1.5, 2.5]], [[3.5, 4, 0, 0]]]) },
    gradients: { x: float32([[1.5, 1, 1, 1.5]]) },
  },
  {
    name: "the greatest point takes the gradient, by its weights",
    inputs: { x: float32([[0, 4, 0, 8]]) },
    options: {
      rois: rois([0, 3]),
      outputSize: [1],
      samplingRatio: 2,
      mode: "max",
    },
    // Points at 0.75 and 2.25.
    outputs: { y: float32([[[3]]]) },
    gradients: { x: float32([[.25, .75, 0, 0]]) },
  },
  {
    name: "the first of equal points wins",
    inputs: { x: float32([[1, 1, 1, 1]]) },
    options: {
      rois: rois([0, 3]),
      outputSize: [1],
      samplingRatio: 3,
      mode: "max",
    },
    // Points at 0.5, 1.5 and 2.5.
    outputs: { y: float32([[[1]]]) },
    gradients: { x: float32([[.5, .5, 0, 0]]) },
  },
  {
    name: "regions have as many points as they need of which one is greatest",
    inputs: { x: float32([[0, 1, 2, 3, 4, 5, 6, 7]]) },
    options: {
      rois: rois([0, 6], [4, 6], [5, 5]),
      outputSize: [2],
      aligned: true,
      mode: "max",
    },
    // Points at 0, 1, 2 and 3, 4, 5; at 4 and 5; and none.
    outputs: { y: float32([[[2, 5]], [[4, 5]], [[0, 0]]]) },
    gradients: { x: float32([[0, 0, 1, 0, 1, 2, 0, 0]]) },
  },
  {
    name: "a point outside is 0, which may be the greatest",
    inputs: { x: float32([[-4, -2]]) },
    options: {
      rois: rois([0, 4]),
      outputSize: [1],
      samplingRatio: 2,
      mode: "max",
    },
    outputs: { y: float32([[[0]]]) },
    gradients: { x: float32([[0, 0]]) },
  },
  {
    name: "NaN goes where it is read",
    inputs: { x: float32([[NaN, 1, 2, 3]]) },
    options: {
      rois: rois([0, 4]),
      outputSize: [4],
      samplingRatio: 1,
    },
    outputs: { y: float32([[[NaN, 1.5, 2.5, 3]]]) },
  },
  {
    name: "regions of several items and of one axis, channels last",
    inputs: { x: float32([[[1, 10], [2, 20]], [[3, 30], [4, 40]]]) },
    options: {
      rois: regions([1, 0, 1], [0, 1, 2]),
      outputSize: [1],
      layout: "NHWC",
    },
    outputs: { y: float32([[[3.5, 35]], [[2, 20]]]) },
    gradients: {
      x: float32([[[0, 0], [1, 1]], [[.5, .5], [.5, .5]]]),
    },
  },
  {
    name: "three axes have corners of three numbers, width first",
    inputs: { x: float32([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]) },
    options: {
      rois: rois([0, 0, 0, 1, 1, 1], [.5, 0, 1, 1.5, 1, 2]),
      outputSize: [1, 1, 1],
      aligned: true,
    },
    outputs: { y: float32([[[[[1]]]], [[[[5.5]]]]]) },
  },
]);

Deno.test("roi-align gives nothing of no regions, in each mode", async () => {
  using session = interpreter().session({ mode: "train" });
  const input = session.upload(RAMP);
  for (const mode of ["avg", "max"] as const) {
    const none = { shape: [0, 5], data: new Float32Array(0) };
    const { y } = session.run(roiAlign, { x: input }, {
      options: { rois: none, outputSize: [2, 3], mode },
    });
    assertEquals(y.shape, [0, 1, 2, 3]);
    const [gradient] = session.grad(y, session.empty(y.shape), [input]);
    assertEquals(await session.read(gradient), at({}));
  }
});

const one = rois([0, 0, 1, 1]);
const refused: [
  options: Partial<RoiAlignOptions>,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [{ outputSize: 2 }, TypeError, "Option rois is missing: a tensor is needed"],
  [
    { rois: regions([1, 0, 0, 1, 1]), outputSize: 2 },
    RangeError,
    "Cannot pool region 0, [1,0,0,1,1]: an item below 1",
  ],
  [
    { rois: rois([0, 0, 9000, 1]), outputSize: 2 },
    RangeError,
    "Cannot align region 0: its width 9000 takes 4500 points in each of 2 windows, at most 4096 are allowed, a samplingRatio is needed",
  ],
  [
    { rois: one, outputSize: 2, samplingRatio: 4097 },
    RangeError,
    "Option samplingRatio is 4097",
  ],
  [
    { rois: one, outputSize: 2, samplingRatio: 1.5 },
    RangeError,
    "Option samplingRatio is 1.5",
  ],
  [
    { rois: one, outputSize: 64, samplingRatio: 4096, mode: "max" },
    RangeError,
    "32-bit indices reach 2147483647",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`roi-align refuses: ${message}`, () => {
    using session = interpreter().session();
    const input = session.upload(RAMP);
    assertThrows(
      () => session.run(roiAlign, { x: input }, { options }),
      kind,
      message,
    );
  });
}

/** No element is 0, which would be equal to a point outside. */
const noZero: InputGenerator = ({ shape, data: kind, random }) => {
  const { data } = makeTensor(shape, { random, kind });
  return { x: { shape, data: data.map((number) => number + 2 ** -9) } };
};

conform(roiAlign, {
  inputs: noZero,
  options: withRois,
  tolerance: { rtol: 1e-5, atol: 1e-5 },
  skip: {
    agreement: {
      where: ({ data, options }) => data === "ties" && options.mode === "max",
      reason: "rounding decides which of equal points is the greatest",
    },
  },
});
