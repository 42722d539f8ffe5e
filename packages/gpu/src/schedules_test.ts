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

const NHWC = { layout: "NHWC" } as const;

/** Windows of all schedules for short windows, of odd lengths above all. */
const windows: Readonly<Record<string, Geometry>> = {
  "vectors of rows": slide([1, 2, 5, 112], {
    kernelSize: 3,
    stride: 2,
    padding: 1,
  }),
  "vectors of rows, without borders": slide([2, 3, 6, 16], { kernelSize: 2 }),
  "vectors of rows, stride 1": slide([1, 2, 9, 28], {
    kernelSize: 3,
    stride: 1,
    padding: 1,
  }),
  "vectors of rows, odd results": slide([1, 1, 7, 112], {
    kernelSize: 3,
    stride: 2,
  }),
  "vectors of rows, stride 4 and dilation": slide([1, 2, 9, 40], {
    kernelSize: [2, 3],
    stride: [1, 4],
    dilation: [2, 3],
    padding: [1, [3, 2]],
  }),
  "vectors of rows, stride 3": slide([1, 2, 9, 48], { kernelSize: 3 }),
  "vectors of rows of one axis": slide([2, 3, 64], {
    axes: 1,
    kernelSize: 4,
    stride: 2,
    padding: 2,
    ceilMode: true,
  }),
  "columns of lanes": slide([1, 2, 111, 5], {
    kernelSize: 3,
    stride: 2,
    padding: 1,
  }),
  "columns of lanes, rounded up": slide([1, 2, 55, 27], {
    kernelSize: 2,
    ceilMode: true,
  }),
  "columns of lanes, stride 1": slide([1, 1, 27, 55], {
    kernelSize: [3, 2],
    stride: 1,
    padding: 1,
  }),
  "columns of lanes, dilated": slide([2, 1, 23, 3], {
    kernelSize: [2, 2],
    stride: 1,
    dilation: [3, 2],
    padding: [[2, 1], [0, 1]],
  }),
  "lanes of three axes": slide([1, 2, 3, 5, 12], {
    kernelSize: [2, 3, 2],
    stride: [1, 2, 2],
    padding: [1, 1, 0],
  }),
  "columns of lanes of three axes": slide([1, 2, 3, 12, 5], {
    kernelSize: 2,
    stride: [2, 1, 1],
    padding: [0, 1, 1],
    ceilMode: true,
  }),
  "one element of each": slide([2, 3, 5, 8], { kernelSize: 1 }),
  "one row": slide([1, 3, 1, 8], { kernelSize: [1, 2], stride: 1 }),
  "small planes": slide([2, 3, 3, 5], { kernelSize: 2, stride: 1, padding: 1 }),
  "planes of one element": slide([2, 5, 1, 1], { kernelSize: 3, padding: 1 }),
  "vectors of channels": slide([2, 9, 11, 8], {
    kernelSize: 3,
    stride: 2,
    padding: 1,
    ...NHWC,
  }),
  "vectors of channels, dilated": slide([1, 27, 4], {
    axes: 1,
    kernelSize: 3,
    stride: 1,
    dilation: 4,
    padding: 3,
    ...NHWC,
  }),
  "vectors of channels over tables of items": tables([2, 9, 4], {
    per: "item",
    tables: [{ starts: [0, 4, 1, 1], counts: [5, 5, 3, 8] }],
    ...NHWC,
  }),
  "vectors of channels over adaptive windows": tables([2, 7, 5, 4], {
    tables: [adaptiveTable(7, 3), adaptiveTable(5, 2)],
    ...NHWC,
  }),
  "vectors of channels over regions": regions(
    [2, 9, 11, 4],
    {
      shape: [3, 5],
      data: Float32Array.of(1, 0, 0, 10, 8, 0, -3, 2, 6, 20, 1, 3, 3, 4, 4),
    },
    { outputSize: [2, 3], ...NHWC },
  ),
  "channels that make no vectors": slide([2, 5, 7, 5], {
    kernelSize: 2,
    ...NHWC,
  }),
  "tiles": slide([1, 2, 11, 13], { kernelSize: 5, stride: 1, padding: 2 }),
  "tiles, several of a plane": slide([1, 1, 37, 43], {
    kernelSize: 5,
    stride: 1,
    padding: [[2, 0], 1],
  }),
  "tiles, dilated, with strides": slide([2, 1, 23, 19], {
    kernelSize: [9, 4],
    stride: [2, 1],
    padding: [[4, 1], 0],
    dilation: [1, 2],
    ceilMode: true,
  }),
  "tiles of one axis": slide([1, 2, 41], {
    axes: 1,
    kernelSize: 17,
    stride: 1,
    padding: 8,
  }),
  "tiles of one row": slide([1, 2, 2, 27], {
    kernelSize: [1, 17],
    stride: 1,
    padding: [0, 8],
  }),
  "tiles of vectors of channels": slide([1, 6, 7, 4], {
    kernelSize: 5,
    stride: 1,
    padding: 2,
    ...NHWC,
  }),
  "adaptive windows": tables([2, 2, 9, 11], {
    tables: [adaptiveTable(9, 4), adaptiveTable(11, 3)],
  }),
};

for (const [kind, [what, geometry]] of Object.entries(windows).entries()) {
  gpuTest(
    `schedules agree with the interpreter: ${what}`,
    async (open) => {
      using backend = new Gpu(open);
      const random = randomFrom(kind);
      const faults: string[] = [];
      for (const [index, kernel] of kernels.entries()) {
        // Each kernel over a quarter of the windows, so that it meets all kinds.
        if ((index + kind) % 4 !== 0) continue;
        const call = randomCall(random, kernel, geometry);
        faults.push(...await differences(backend, call));
      }
      assertEquals(faults, []);
    },
  );
}

const folds = windowKernel("folds", ["x"], ({ x }, fold) => ({
  greatest: fold.max(x.add(0)),
  smallest: fold.min(x.add(0)),
  atGreatest: fold.max(x),
  first: fold.argmax(x),
  least: fold.argmin(x),
  sum: fold.sum(x),
}));

const special = [NaN, Infinity, -Infinity, 0, -0];

gpuTest(
  "schedules treat NaN, infinities and ties as the interpreter does",
  async (open) => {
    using backend = new Gpu(open);
    const random = randomFrom(8);
    const faults: string[] = [];
    for (const geometry of Object.values(windows)) {
      for (const kinds of [special, [-Infinity], [Infinity, -Infinity]]) {
        const call = randomCall(random, folds, geometry);
        const { data } = call.tensors.x;
        const share = [0.1, 0.5, 1][between(random, 0, 2)];
        for (const at of data.keys()) {
          if (random() < share) {
            data[at] = kinds[between(random, 0, kinds.length - 1)];
          }
        }
        faults.push(...await differences(backend, { ...call, mode: "infer" }));
      }
    }
    assertEquals(faults, []);
  },
);

for (
  const geometry of [
    slide([5, 16, 16, 16], { kernelSize: 3, stride: 2, padding: 1 }),
    slide([5, 16, 16, 16], { kernelSize: 2, ...NHWC }),
    slide([5, 16, 16, 16], { kernelSize: 5, stride: 1, padding: 2 }),
  ]
) {
  const { schedule } = emitWgsl(programsOf(folds).infer, geometry).plan;
  gpuTest(`${schedule.kind} work in chunks of the batch`, async (open) => {
    const limits = { maxStorageBufferBindingSize: 2 * 16 * 16 * 16 * 4 };
    using backend = new Gpu({
      ...overrideDevice(open, { limits }),
      [Symbol.dispose]() {},
    });
    const extremes = kernels.find(({ name }) => name === "extremes")!;
    const call = randomCall(randomFrom(4), extremes, geometry);
    assertEquals(await differences(backend, call), []);
  });
}

/** Windows that all have the same elements if the input has this period. */
const periodic: [geometry: Geometry, schedule: string][] = [
  [slide([1, 1, 9, 64], { kernelSize: 3, stride: 2 }), "lanes"],
  [slide([1, 1, 64, 9], { kernelSize: 3, stride: 2 }), "lanes"],
  [slide([1, 9, 9, 4], { kernelSize: 3, stride: 2, ...NHWC }), "channels"],
  [slide([1, 1, 61, 61], { kernelSize: 9, stride: 2 }), "tile"],
];

for (const [geometry, schedule] of periodic) {
  gpuTest(
    `equal windows of ${schedule} of ${
      geometry.inputShape.join("×")
    } have equal bits`,
    async (open) => {
      using backend = new Gpu(open);
      using session = backend.session({ mode: "train" });
      const soft = kernels.find(({ name }) => name === "soft")!;
      const { infer } = programsOf(soft);
      assertEquals(emitWgsl(infer, geometry).plan.schedule.kind, schedule);
      const shape = geometry.inputShape;
      const pitch = shape[3];
      const isLast = geometry.layout === "NHWC";
      const data = new Float32Array(shape.reduce((n, length) => n * length));
      for (const at of data.keys()) {
        const element = isLast ? Math.floor(at / pitch) : at;
        const width = isLast ? shape[2] : pitch;
        const [h, w] = [Math.floor(element / width), element % width];
        data[at] = Math.sin(1 + h % 2 + 2 * (w % 2));
      }
      const x = session.upload({ shape, data });
      const { y } = session.window(
        soft,
        { values: { x }, scalars: { beta: 0.7 } },
        geometry,
      );
      const { data: results } = await session.read(y);
      assert(results.length > 8);
      for (const result of results) assertEquals(result, results[0]);
    },
  );
}

gpuTest(
  "a window has the same bits whether its neighbours are usual or not",
  async (open) => {
    using backend = new Gpu(open);
    const usual = kernels.find(({ name }) => name === "usual")!;
    for (const shape of [[1, 1, 2, 16], [1, 1, 16, 5]]) {
      const geometry = slide(shape, { kernelSize: 2 });
      const { data } = randomCall(randomFrom(4), usual, geometry).tensors.x;
      const modest = data.map((x) => x / 2) as Float32Array<ArrayBuffer>;
      const disturbed = modest.slice();
      disturbed[0] = 9;
      const [before, after] = await Promise.all(
        [modest, disturbed].map(async (data) => {
          using session = backend.session();
          const x = session.upload({ shape, data });
          const { y } = session.window(usual, { values: { x } }, geometry);
          return (await session.read(y)).data;
        }),
      );
      assert(before[0] !== after[0]);
      assertEquals(after.slice(1), before.slice(1));
    }
  },
);
