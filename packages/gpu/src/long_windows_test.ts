import { assert, assertEquals } from "@std/assert";
import {
  adaptiveTable,
  emitWgsl,
  type Geometry,
  programsOf,
  regions,
  slide,
  tables,
  windowKernel,
} from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import { between, kernels, randomCall, randomFrom } from "./test_calls.ts";
import { differences } from "./test_compare.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice } from "./test_override.ts";

/** Windows that a workgroup shares, of every kind. */
const windows: Readonly<Record<string, Geometry>> = {
  "whole planes": slide([2, 3, 19, 23], { kernelSize: [19, 23] }),
  "whole planes, channels last": slide([2, 19, 23, 3], {
    kernelSize: [19, 23],
    layout: "NHWC",
  }),
  "rows longer than a workgroup": slide([2, 2, 3, 301], {
    kernelSize: [1, 300],
    stride: 1,
  }),
  "one axis, clipped at both ends": slide([2, 3, 700], {
    axes: 1,
    kernelSize: 333,
    stride: 150,
    padding: 100,
    ceilMode: true,
  }),
  "two axes, padded and dilated": slide([1, 2, 37, 41], {
    kernelSize: [18, 19],
    dilation: 2,
    stride: [5, 7],
    padding: [[9, 3], [8, 17]],
  }),
  "three axes, padded": slide([1, 2, 9, 8, 10], {
    kernelSize: [7, 6, 8],
    stride: [2, 3, 2],
    padding: [2, 3, 1],
  }),
  "three axes, channels last": slide([1, 9, 8, 10, 3], {
    kernelSize: [9, 5, 7],
    stride: 2,
    dilation: [1, 1, 1],
    layout: "NHWC",
  }),
  "tables of a call": tables([2, 2, 37, 29], {
    tables: [adaptiveTable(37, 2), adaptiveTable(29, 2)],
  }),
  "tables of each plane, of very different sizes": tables([2, 2, 900], {
    per: "plane",
    tables: [{
      starts: [0, 1, 30, 30, 0, 100, 2, 450],
      counts: [840, 899, 1, 63, 300, 300, 64, 449],
      dilation: 1,
    }],
  }),
  "dilated tables of each item, channels last": tables([2, 1300, 3], {
    per: "item",
    layout: "NHWC",
    tables: [{ starts: [0, 600], counts: [650, 200], dilation: 2 }],
  }),
  "so few that workgroups share them": slide([1, 2, 64, 132], {
    kernelSize: [64, 132],
  }),
  "few, of odd sizes": slide([1, 2, 57, 61], {
    kernelSize: [55, 61],
    stride: 1,
  }),
  "few, padded": slide([1, 1, 60, 61], {
    kernelSize: 60,
    stride: 9,
    padding: 7,
  }),
  "few, channels last": slide([1, 24, 20, 8], {
    kernelSize: [24, 20],
    layout: "NHWC",
  }),
  "few, an odd number of channels last": slide([1, 24, 21, 3], {
    kernelSize: [23, 21],
    stride: 1,
    layout: "NHWC",
  }),
  "whole small planes": slide([2, 9, 7, 7], { kernelSize: 7 }),
  "regions": regions(
    [2, 2, 30, 40],
    {
      shape: [3, 5],
      data: Float32Array.of(1, 0, 0, 29, 39, 0, -5, 3, 20, 60, 1, 4, 4, 25, 30),
    },
    { outputSize: [1, 2] },
  ),
};

for (const [turn, [what, geometry]] of Object.entries(windows).entries()) {
  gpuTest(
    `long windows agree with the interpreter: ${what}`,
    async (open) => {
      using backend = new Gpu(open);
      const random = randomFrom(3);
      const faults: string[] = [];
      for (const [index, kernel] of kernels.entries()) {
        const { infer } = programsOf(kernel);
        const { kind } = emitWgsl(infer, geometry).plan.schedule;
        assertEquals(kind === "team", kernel.name !== "picked", kernel.name);
        const call = randomCall(random, kernel, geometry);
        // Gradients, too, of some kernels over each kind of windows.
        const mode = (index + turn) % 5 === 0 ? "train" : "infer";
        faults.push(...await differences(backend, { ...call, mode }));
      }
      assertEquals(faults, []);
    },
  );
}

const folds = windowKernel("folds", ["x"], ({ x }, fold) => ({
  greatest: fold.max(x),
  smallest: fold.min(x),
  first: fold.argmax(x),
  least: fold.argmin(x),
  sum: fold.sum(x),
  atGreatest: fold.at(x, fold.argmax(x)),
}));

const special = [NaN, Infinity, -Infinity, 0, -0];

gpuTest(
  "long windows treat NaN, infinities and ties as the interpreter does",
  async (open) => {
    using backend = new Gpu(open);
    const random = randomFrom(8);
    const faults: string[] = [];
    for (const geometry of Object.values(windows)) {
      for (const kinds of [special, [-Infinity], [Infinity, -Infinity]]) {
        const call = randomCall(random, folds, geometry);
        const { data } = call.tensors.x;
        // Often enough that nearly all are, or a few in each window.
        const share = [0.02, 0.3, 1][between(random, 0, 2)];
        for (const at of data.keys()) {
          if (random() < share) {
            data[at] = kinds[between(random, 0, kinds.length - 1)];
          }
        }
        faults.push(
          ...await differences(backend, { ...call, mode: "infer" }),
        );
      }
    }
    assertEquals(faults, []);
  },
);

gpuTest("sums over long windows are the same bit for bit", async (open) => {
  using backend = new Gpu(open);
  const geometry = windows["whole planes"];
  const random = randomFrom(2);
  const kernel = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));
  const { tensors } = randomCall(random, kernel, geometry);
  for (const at of tensors.x.data.keys()) tensors.x.data[at] = random() - 0.5;
  using session = backend.session();
  const x = session.upload(tensors.x);
  const sums = await Promise.all([1, 2, 3].map(() => {
    const { y } = session.window(kernel, { values: { x } }, geometry);
    return session.read(y);
  }));
  for (const other of sums.slice(1)) assertEquals(other, sums[0]);
});

gpuTest("long windows are folded in chunks of the batch", async (open) => {
  const geometry = slide([5, 64, 16, 16], { kernelSize: 16 });
  const limits = { maxStorageBufferBindingSize: 2 * 64 * 16 * 16 * 4 };
  using backend = new Gpu({
    ...overrideDevice(open, { limits }),
    [Symbol.dispose]() {},
  });
  const call = randomCall(randomFrom(4), folds, geometry);
  assertEquals(await differences(backend, { ...call, mode: "infer" }), []);
});

gpuTest(
  "more long windows than one dimension of a dispatch has are all folded",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const geometry = slide([1, 2 ** 16 + 5, 256], { axes: 1, kernelSize: 256 });
    const shape = geometry.inputShape;
    const data = new Float32Array(shape[1] * shape[2]);
    for (const at of data.keys()) data[at] = at >> 8;
    const x = session.upload({ shape, data });
    const kernel = windowKernel("max", ["x"], ({ x }, fold) => fold.max(x));
    assert(emitWgsl(programsOf(kernel).infer, geometry).shared);
    const { y } = session.window(kernel, { values: { x } }, geometry);
    const planes = Float32Array.from({ length: shape[1] }, (_, plane) => plane);
    assertEquals((await session.read(y)).data, planes);
  },
);

gpuTest("a sum of many elements has few rounding errors", async (open) => {
  using backend = new Gpu(open);
  const length = 2 ** 18;
  const geometry = slide([1, 1, length], { axes: 1, kernelSize: length });
  const kernel = windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x));
  using session = backend.session();
  const data = new Float32Array(length).fill(0.1);
  const x = session.upload({ shape: [1, 1, length], data });
  const { y } = session.window(kernel, { values: { x } }, geometry);
  const [mean] = (await session.read(y)).data;
  assert(Math.abs(mean / data[0] - 1) < 1e-4, `${mean}`);
});
