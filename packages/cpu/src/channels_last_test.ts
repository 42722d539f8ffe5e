import {
  adaptiveTable,
  detach,
  type Geometry,
  select,
  slide,
  tables,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import type { Shape, Value } from "@rockpool/core";
import { assert } from "@std/assert";
import { cpu } from "./cpu.ts";
import { assertAgreement, type Case, generator } from "./test_agreement.ts";

const max = windowKernel("max", ["x"], ({ x }, fold) => fold.max(x));
const nearest = windowKernel("nearest", ["x"], ({ x, aim }, fold) => {
  const distance = x.sub(aim).abs();
  return { y: fold.min(distance), at: fold.argmin(distance) };
}, { channels: ["aim"] });
const mean = windowKernel(
  "mean",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count().max(1)),
);
const paddedMean = windowKernel(
  "padded-mean",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count("padded").max(1)),
);
const several = windowKernel("several", ["x", "z"], ({ x, z }, fold) => ({
  y: fold.sum(x.mul(z)).add(fold.max(x.abs())),
  least: fold.min(z.add(1)),
}));
const nested = windowKernel("nested", ["x"], ({ x }, fold) => {
  const weight = x.sub(fold.max(x)).exp();
  return fold.sum(weight.mul(x)).div(fold.sum(weight));
});
const usual = windowKernel("usual", ["x"], ({ x }, fold) => {
  const greatest = detach(fold.max(x));
  const isNear = greatest.le(1.5).and(fold.min(x).ge(-1.75)).likely();
  const power = select(isNear, x, x.sub(greatest)).max(-87).min(4);
  const weight = power.exp();
  return fold.sum(weight.mul(power)).div(fold.sum(weight).add(1)).add(
    select(isNear, 0, greatest),
  );
});
const powers = windowKernel(
  "powers",
  ["x"],
  ({ x, power }, fold) => fold.mean(x.abs().pow(power)),
  { scalars: ["power"] },
);

const kernels: readonly WindowKernel[] = [
  max,
  mean,
  paddedMean,
  several,
  nested,
  usual,
  powers,
];

/** Channels that fill vectors, cache lines, and neither. */
const CHANNELS = [1, 3, 5, 6, 16, 63, 66];

type Make = (channels: number) => Geometry;

const windows: [what: string, make: Make][] = [];
const sliding = (
  what: string,
  spatial: readonly number[],
  options: Parameters<typeof slide>[1],
) =>
  windows.push([
    what,
    (channels) =>
      slide([2, ...spatial, channels], {
        layout: "NHWC",
        axes: spatial.length,
        ...options,
      }),
  ]);

sliding("2×2/2", [7, 8], { kernelSize: 2 });
sliding("3×3/2", [9, 8], { kernelSize: 3, stride: 2, padding: 1 });
sliding("3×3/1", [6, 7], { kernelSize: 3, stride: 1, padding: 1 });
sliding("5×5/1", [5, 9], { kernelSize: 5, stride: 1, padding: 2 });
sliding("13×13/1", [4, 5], { kernelSize: 13, stride: 1, padding: 6 });
sliding("1×20/1", [2, 24], { kernelSize: [1, 20], stride: 1 });
sliding("3×20/1", [3, 21], { kernelSize: [3, 20], stride: 1, padding: [1, 3] });
sliding("3×4/3×1 apart", [11, 12], {
  kernelSize: [3, 4],
  stride: [3, 1],
  padding: [1, 2],
  dilation: [2, 3],
});
sliding("3×3/2 that reach out", [8, 8], {
  kernelSize: 3,
  stride: 2,
  padding: 1,
  ceilMode: true,
});
sliding("3×3×3/1", [3, 3, 4], { kernelSize: 3, stride: 1, padding: 1 });
sliding("2×3×3/2", [5, 5, 6], { kernelSize: [2, 3, 3], stride: 2 });
sliding("4/1", [21], { kernelSize: [4], stride: [1] });
windows.push([
  "whole planes",
  (channels) =>
    tables([2, 11, 13, channels], {
      layout: "NHWC",
      tables: [adaptiveTable(11, 1), adaptiveTable(13, 1)],
    }),
], [
  "three by one",
  (channels) =>
    tables([2, 9, 10, channels], {
      layout: "NHWC",
      tables: [adaptiveTable(9, 3), adaptiveTable(10, 1)],
    }),
]);

for (const [what, make] of windows) {
  Deno.test(`windows of channels last agree with the interpreter: ${what}`, async () => {
    const cases: Case[] = [];
    for (const channels of CHANNELS) {
      const geometry = make(channels);
      for (const kernel of kernels) {
        const name = `${kernel.name} of ${channels} channels`;
        cases.push({ name, kernel, geometry });
        const odd = kernel === max || kernel === mean || kernel === several ||
          kernel === usual;
        if (!odd) continue;
        cases.push({ name: `${name}, some NaN`, kernel, geometry, odd });
      }
    }
    await assertAgreement(cases);
  });
}

for (const [size, stride] of [[3, 1], [5, 2], [7, 1], [[3, 9], [2, 4]]]) {
  Deno.test(`places of channels last are the interpreter's: ${size} by ${stride}`, async () => {
    await assertAgreement(
      CHANNELS.flatMap((channels) =>
        [false, true].map((odd) => ({
          name: `${channels} channels, ${odd ? "some NaN" : "numbers alone"}`,
          kernel: nearest,
          geometry: slide([2, 14, 9, channels], {
            layout: "NHWC",
            kernelSize: size,
            stride,
            padding: 1,
          }),
          odd,
        }))
      ),
    );
  });
}

Deno.test("windows of channels last agree with the interpreter: on several threads", async () => {
  const options = { layout: "NHWC", padding: 1 } as const;
  const shape = [1, 24, 25, 63];
  await assertAgreement([
    slide(shape, { ...options, kernelSize: 2 }),
    slide(shape, { ...options, kernelSize: 3, stride: 1 }),
    slide(shape, { ...options, kernelSize: 3, stride: 2 }),
    slide(shape, { layout: "NHWC", kernelSize: [24, 25] }),
  ].flatMap((geometry, index) =>
    [max, mean, nearest].map((kernel) => ({
      name: `${kernel.name} #${index}`,
      kernel,
      geometry,
    }))
  ));
});

Deno.test("results of channels last depend on their own windows alone", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session({ mode: "train" });
  const run = async (
    geometry: Geometry,
    kernel: WindowKernel,
    odd?: number,
  ) => {
    const next = generator(3);
    const tensor = (shape: Shape) => {
      const length = shape.reduce((product, n) => product * n, 1);
      return {
        shape,
        data: Float32Array.from({ length }, () => next() * 2 - 1),
      };
    };
    const values: Record<string, Value> = {};
    for (const name of kernel.inputs) {
      const { shape, data } = tensor(geometry.inputShape);
      if (odd !== undefined) data[AT] = odd;
      values[name] = session.upload({ shape, data });
    }
    const { y } = session.window(kernel, { values }, geometry);
    const dy = session.upload(tensor(geometry.outputShape));
    const [dx] = session.grad(y, dy, [values.x]);
    return [await session.read(y), await session.read(dx)];
  };
  // An element of the second item.
  const AT = 9 * 8 * 66 + 300;
  for (const kernel of [usual, several]) {
    for (const [kernelSize, stride] of [[2, 2], [3, 2], [3, 1], [5, 1]]) {
      for (const channels of [63, 66]) {
        const geometry = slide([3, 9, 8, channels], {
          layout: "NHWC",
          kernelSize,
          stride,
          padding: Math.floor(kernelSize / 2),
        });
        const [y, dx] = await run(geometry, kernel);
        for (const odd of [1.6, NaN]) {
          const [oddY, oddDx] = await run(geometry, kernel, odd);
          for (const [plain, other] of [[y, oddY], [dx, oddDx]]) {
            const changed = [...plain.data.keys()].filter((at) =>
              !Object.is(plain.data[at], other.data[at])
            );
            const own = changed.every((at) => at % channels === AT % channels);
            const label =
              `${kernel.name} ${kernelSize}×${kernelSize}/${stride}`;
            assert(own && changed.length > 0, label);
            assert(changed.length <= (2 * kernelSize - 1) ** 2, label);
          }
        }
      }
    }
  }
});
