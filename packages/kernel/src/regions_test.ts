import { assert, assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";
import { type RegionOptions, regions } from "./regions.ts";
import { windowKernel } from "./window_kernel.ts";

const greatest = windowKernel("greatest", ["x"], ({ x }, fold) => ({
  y: fold.max(x),
  at: fold.argmax(x),
}));

const RAMP = {
  shape: [1, 1, 4, 4],
  data: Float32Array.from({ length: 16 }, (_, index) => index),
};

/** A tensor of rows, each the item and two corners. */
function rois(...rows: number[][]) {
  return {
    shape: [rows.length, rows[0].length],
    data: Float32Array.from(rows.flat()),
  };
}

/** The greatest of each window of one region of the ramp; 0 where empty. */
async function pooled(
  corners: number[],
  options: Partial<RegionOptions> = {},
): Promise<number[]> {
  using session = interpreter().session();
  const x = session.upload(RAMP);
  const windows = regions(RAMP.shape, rois([0, ...corners]), {
    outputSize: [2, 2],
    ...options,
  });
  const { y, at } = session.window(greatest, { values: { x } }, windows);
  const { data } = await session.read(y);
  const positions = (await session.read(at)).data;
  return [...data].map((value, index) => positions[index] < 0 ? 0 : value);
}

const examples: [what: string, corners: number[], expected: number[]][] = [
  ["halves away from zero", [.5, 1, 2.5, 3.49], [10, 11, 14, 15]],
  ["negative halves away from zero", [-.5, -.5, 2, 2], [0, 2, 8, 10]],
  ["a region outside to nothing", [10, 10, 12, 12], [0, 0, 0, 0]],
  ["a region partly outside to its inside", [2, 2, 5, 5], [15, 0, 0, 0]],
  ["corners that belong to it", [0, 0, 3, 3], [5, 7, 13, 15]],
  ["exchanged corners to one element", [2, 2, 1, 1], [10, 10, 10, 10]],
];
for (const [what, corners, expected] of examples) {
  Deno.test(`a region takes ${what}`, async () => {
    assertEquals(await pooled(corners), expected);
  });
}

Deno.test("a region is scaled before it is rounded", async () => {
  assertEquals(
    await pooled([1, 2, 5, 6.98], { spatialScale: 0.5 }),
    await pooled([.5, 1, 2.5, 3.49]),
  );
});

Deno.test("the windows of one element send their gradients to it", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(RAMP);
  const windows = regions(RAMP.shape, rois([0, 0, 0, 0, 0]), {
    outputSize: [2, 2],
  });
  const { y } = session.window(greatest, { values: { x } }, windows);
  const ones = { shape: y.shape, data: new Float32Array(4).fill(1) };
  const [gradient] = session.grad(y, session.upload(ones), [x]);
  assertEquals([...gradient.data], [4, ...new Array(15).fill(0)]);
});

Deno.test("regions of several items read their own, channels first or last", async () => {
  for (const layout of ["NCHW", "NHWC"] as const) {
    using session = interpreter().session();
    const data = Float32Array.of(1, 2, 3, 4);
    const shape = layout === "NCHW" ? [2, 1, 2] : [2, 2, 1];
    const x = session.upload({ shape, data });
    const windows = regions(shape, rois([1, 0, 1], [0, 1, 1], [1, 0, 0]), {
      outputSize: [1],
      layout,
    });
    assertEquals(windows.outputShape, [3, 1, 1]);
    const { y } = session.window(greatest, { values: { x } }, windows);
    assertEquals([...(await session.read(y)).data], [4, 2, 3]);
  }
});

Deno.test("no regions give an empty output and a gradient of zeros", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(RAMP);
  const none = { shape: [0, 5], data: new Float32Array(0) };
  const windows = regions(RAMP.shape, none, { outputSize: [2, 2] });
  const { y } = session.window(greatest, { values: { x } }, windows);
  assertEquals(y.shape, [0, 1, 2, 2]);
  const [gradient] = session.grad(y, session.empty(y.shape), [x]);
  assertEquals([...gradient.data], new Array(16).fill(0));
});

const refused: [
  what: string,
  row: number[],
  options: Partial<RegionOptions>,
][] = [
  ["an item that there is not", [1, 0, 0, 1, 1], {}],
  ["a fractional item", [0.5, 0, 0, 1, 1], {}],
  ["a corner that is NaN", [0, NaN, 0, 1, 1], {}],
  ["an infinite corner", [0, 0, 0, Infinity, 1], {}],
  ["rows of four numbers", [0, 0, 0, 1], {}],
  ["a scale of 0", [0, 0, 0, 1, 1], { spatialScale: 0 }],
  ["no windows", [0, 0, 0, 1, 1], { outputSize: [0, 2] }],
];
for (const [what, row, options] of refused) {
  Deno.test(`regions() refuses ${what}`, () => {
    assertThrows(
      () => regions(RAMP.shape, rois(row), { outputSize: [2, 2], ...options }),
      RangeError,
    );
  });
}

Deno.test("regions() covers the input by a box of any size around it", () => {
  const far = 2e9;
  const rois = {
    shape: [1, 5],
    data: Float32Array.of(0, -far, -far, far, far),
  };
  const { axes } = regions([1, 1, 4, 4], rois, { outputSize: [1, 1] });
  for (const axis of axes.slice(1)) {
    assert(axis.kind === "table");
    assertEquals([axis.starts[0], axis.counts[0]], [0, 4]);
  }
});
