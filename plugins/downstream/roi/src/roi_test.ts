import {
  backendTests,
  checkExamples,
  conform,
  float32,
  int32,
} from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { roi, type RoiOptions } from "../mod.ts";
import { RAMP, regions, rois, withRois } from "./test_rois.ts";

const INF = Infinity;
const x = RAMP;

checkExamples(roi, [
  {
    name: "corners are rounded half away from zero",
    inputs: { x },
    options: { rois: rois([.5, 1, 2.5, 3.49]), outputSize: 2 },
    outputs: { y: float32([[[[10, 11], [14, 15]]]]) },
  },
  {
    name: "negative corners too",
    inputs: { x },
    options: { rois: rois([-.5, -.5, 2, 2]), outputSize: 2 },
    outputs: { y: float32([[[[0, 2], [8, 10]]]]) },
  },
  {
    name: "a region outside gives 0, no index and no gradient",
    inputs: { x },
    options: {
      rois: rois([10, 10, 12, 12]),
      outputSize: 2,
      returnIndices: true,
    },
    outputs: {
      y: float32([[[[0, 0], [0, 0]]]]),
      indices: int32([[[[-1, -1], [-1, -1]]]]),
    },
    gradients: { x: { shape: x.shape, data: new Float32Array(16) } },
  },
  {
    name: "a region partly outside is cut off",
    inputs: { x },
    options: { rois: rois([2, 2, 5, 5]), outputSize: 2, returnIndices: true },
    outputs: {
      y: float32([[[[15, 0], [0, 0]]]]),
      indices: int32([[[[15, -1], [-1, -1]]]]),
    },
  },
  {
    name: "an element that wins every part takes all gradients",
    inputs: { x },
    options: { rois: rois([0, 0, 0, 0]), outputSize: 2 },
    outputs: { y: float32([[[[0, 0], [0, 0]]]]) },
    gradients: {
      x: {
        shape: x.shape,
        data: Float32Array.from({ length: 16 }, (_, at) => at === 0 ? 4 : 0),
      },
    },
  },
  {
    name: "exchanged corners leave the element at the first",
    inputs: { x },
    options: { rois: rois([2, 1, 0, 0]), outputSize: [1, 2] },
    outputs: { y: float32([[[[6, 6]]]]) },
  },
  {
    name: "a region over each border keeps what is inside",
    inputs: { x },
    options: {
      rois: rois([-2, 1, 1, 2], [1, -2, 2, 1], [2, 1, 5, 2], [1, 2, 2, 5]),
      outputSize: [1, 1],
    },
    outputs: { y: float32([[[[9]]], [[[6]]], [[[11]]], [[[14]]]]) },
  },
  {
    name: "spatialScale counts before rounding",
    inputs: { x },
    options: {
      rois: rois([1, 2, 5, 6.98]),
      outputSize: 2,
      spatialScale: 0.5,
    },
    outputs: { y: float32([[[[10, 11], [14, 15]]]]) },
  },
  {
    name: "regions of several items read their own, in any order",
    inputs: { x: float32([[[1, 2]], [[3, 4]]]) },
    options: {
      rois: regions([1, 0, 1], [0, 1, 1], [1, 0, 0]),
      outputSize: [1],
    },
    outputs: { y: float32([[[4]], [[2]], [[3]]]) },
    gradOutput: float32([[[1]], [[2]], [[3]]]),
    gradients: { x: float32([[[0, 2]], [[3, 1]]]) },
  },
  {
    name: "an element of several regions takes all their gradients",
    inputs: { x: float32([[5, 9, 1]]) },
    options: { rois: rois([0, 1], [1, 2], [0, 0]), outputSize: [1] },
    outputs: { y: float32([[[9]], [[9]], [[5]]]) },
    gradOutput: float32([[[1]], [[2]], [[4]]]),
    gradients: { x: float32([[4, 3, 0]]) },
  },
  {
    name: "NaN wins, the last of several first, and −∞ is kept",
    inputs: { x: float32([[NaN, INF, NaN, -INF, -INF]]) },
    options: {
      rois: rois([0, 2], [3, 4]),
      outputSize: [1],
      returnIndices: true,
    },
    outputs: {
      y: float32([[[NaN]], [[-INF]]]),
      indices: int32([[[2]], [[3]]]),
    },
    gradients: { x: float32([[0, 0, 1, 1, 0]]) },
  },
  {
    name: "three axes have corners of three numbers, width first",
    inputs: { x: float32([[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]) },
    options: {
      rois: rois([1, 0, 0, 1, 0, 1], [0, 1, 1, 1, 1, 1]),
      outputSize: [2, 1, 1],
    },
    outputs: { y: float32([[[[[2]], [[6]]]], [[[[8]], [[8]]]]]) },
  },
  {
    name: "channels may stand last",
    inputs: { x: float32([[[1, 40], [2, 30]], [[3, 20], [4, 10]]]) },
    options: {
      rois: rois([0, 0, 1, 1]),
      outputSize: [2, 1],
      layout: "NHWC",
      returnIndices: true,
    },
    outputs: {
      y: float32([[[[2, 40]], [[4, 20]]]]),
      indices: int32([[[[1, 0]], [[3, 2]]]]),
    },
  },
  {
    // In float32, as torchvision has it, the last part would begin and end
    // with 57.
    name: "parts are divided in integers: none reaches beyond its region",
    inputs: {
      x: {
        shape: [1, 1, 60, 60],
        data: Float32Array.from({ length: 3600 }, (_, index) => index),
      },
    },
    options: { rois: rois([0, 0, 56, 56]), outputSize: 7 },
    outputs: {
      y: {
        shape: [1, 1, 7, 7],
        data: Float32Array.from({ length: 49 }, (_, at) => {
          const end = (part: number) => Math.ceil((part + 1) * 57 / 7) - 1;
          return end(Math.floor(at / 7)) * 60 + end(at % 7);
        }),
      },
    },
  },
], { tolerance: { rtol: 0, atol: 0 } });

backendTests("roi")(
  "gives nothing of no regions, and a gradient of zeros",
  async (backend) => {
    using session = backend.session({ mode: "train" });
    for (const items of [1, 0]) {
      const input = session.empty([items, 2, 3, 3]);
      const { y } = session.run(roi, { x: input }, {
        options: {
          rois: { shape: [0, 5], data: new Float32Array(0) },
          outputSize: [2, 3],
        },
      });
      assertEquals(y.shape, [0, 2, 2, 3]);
      const [gradient] = session.grad(y, session.empty(y.shape), [input]);
      const { shape, data } = await session.read(gradient);
      assertEquals(shape, input.shape);
      assertEquals([...data], new Array(18 * items).fill(0));
    }
  },
);

const one = rois([0, 0, 1, 1]);
const refused: [
  options: Partial<RoiOptions>,
  kind: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [{ outputSize: 2 }, TypeError, "Option rois is missing: a tensor is needed"],
  [{ rois: one }, TypeError, "Option outputSize is missing"],
  [
    { rois: regions([1, 0, 0, 1, 1]), outputSize: 2 },
    RangeError,
    "Cannot pool region 0, [1,0,0,1,1]: an item below 1",
  ],
  [
    { rois: regions([0, 0, 0, 1, 1], [0.5, 0, 0, 1, 1]), outputSize: 2 },
    RangeError,
    "Cannot pool region 1",
  ],
  [{ rois: regions([-1, 0, 0, 1, 1]), outputSize: 2 }, RangeError, "region 0"],
  [{ rois: rois([0, NaN, 1, 1]), outputSize: 2 }, RangeError, "finite corners"],
  [{ rois: rois([0, 0, 1, INF]), outputSize: 2 }, RangeError, "finite corners"],
  [
    { rois: regions([0, 0, 1, 1]), outputSize: 2 },
    RangeError,
    "regions of shape [1,4]: rows of 5 numbers are needed",
  ],
  [
    { rois: { shape: [5], data: new Float32Array(5) }, outputSize: 2 },
    RangeError,
    "regions of shape [5]: rows of 5 numbers are needed",
  ],
  [
    { rois: one, outputSize: 2, axes: 1 },
    TypeError,
    "with 1 spatial axes rank 3",
  ],
  [{ rois: one, outputSize: [2] }, TypeError, "Option outputSize is [2]"],
  [{ rois: one, outputSize: 0 }, RangeError, "Option outputSize is 0"],
  [
    { rois: one, outputSize: 2 ** 16 },
    RangeError,
    "32-bit indices reach 2147483647",
  ],
  [
    { rois: one, outputSize: 2, spatialScale: 0 },
    RangeError,
    "Option spatialScale is 0: a number greater than 0 is needed",
  ],
];
for (const [options, kind, message] of refused) {
  Deno.test(`roi refuses: ${message}`, () => {
    using session = interpreter().session();
    const input = session.upload(RAMP);
    assertThrows(
      () => session.run(roi, { x: input }, { options }),
      kind,
      message,
    );
  });
}

Deno.test("roi refuses regions of a batch of no items", () => {
  using session = interpreter().session();
  const options = { rois: one, outputSize: 1 };
  assertThrows(
    () => session.run(roi, { x: session.empty([0, 1, 2, 2]) }, { options }),
    RangeError,
    "an item below 0",
  );
});

Deno.test("regions may be int32, and the numbers of a tensor may change between calls", async () => {
  using session = interpreter().session();
  const input = session.upload(RAMP);
  const boxes = { shape: [1, 5], data: Int32Array.of(0, 0, 0, 1, 1) };
  const pooled = async () => {
    const options = { rois: boxes, outputSize: 1 };
    const { y } = session.run(roi, { x: input }, { options });
    return (await session.read(y)).data[0];
  };
  assertEquals([await pooled(), await pooled()], [5, 5]);
  boxes.data[3] = 3;
  assertEquals(await pooled(), 7);
});

conform(roi, { options: withRois, tolerance: { rtol: 1e-6, atol: 1e-6 } });
