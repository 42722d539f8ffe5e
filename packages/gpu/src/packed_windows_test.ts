import { assertEquals, assertThrows } from "@std/assert";
import {
  type Expression,
  type Fold,
  type Geometry,
  regions,
  slide,
  windowKernel,
} from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import { randomCall, randomFrom } from "./test_calls.ts";
import { differences } from "./test_compare.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice, type Overrides } from "./test_override.ts";
import { BufferUsage } from "./usage_flags.ts";

/** Values of a window each of which has its part in a gradient. */
const COUNT = 13;

function valuesOf(x: Expression, fold: Fold): Expression[] {
  return Array.from(
    { length: COUNT },
    (_, index) => fold.mean(x.mul(x.add(index / 8))),
  );
}

function meanOf(values: readonly Expression[]): Expression {
  return values.reduce((sum, value) => sum.add(value)).div(COUNT);
}

/** Its gradient reads all values. */
const products = windowKernel("products", ["x"], ({ x }, fold) => {
  const values = valuesOf(x, fold);
  const next = (index: number) => values[(index + 1) % COUNT];
  return meanOf(values.map((value, index) => value.mul(next(index))));
});

/** Its gradient reads all values, and what each of them has as its own gradient. */
const nested = windowKernel("nested", ["x"], ({ x }, fold) => {
  const bodies = valuesOf(x, fold)
    .map((value) => value.mul(0.25).sub(x).mul(x).mul(x.sub(value)));
  return fold.mean(meanOf(bodies));
});

/** How much can be bound so that items are taken one by one, or 16 at a time. */
const batches = {
  NCHW: { shape: [10, 2, 16, 16], bindingSize: 24576 },
  NHWC: { shape: [19, 12, 12, 5], bindingSize: 420000 },
} as const;

function windowsOf(layout: keyof typeof batches): Geometry {
  const { shape } = batches[layout];
  const options = { axes: 2, kernelSize: 3, stride: 2, padding: 1, layout };
  return slide(shape, options);
}

/** The faults of both kernels on a device with such limits. */
async function faults(
  open: Parameters<typeof overrideDevice>[0],
  windows: Geometry,
  limits: Overrides["limits"],
): Promise<string[]> {
  using backend = new Gpu({
    ...overrideDevice(open, { limits }),
    [Symbol.dispose]() {},
  });
  const found: string[] = [];
  for (const kernel of [products, nested]) {
    const call = randomCall(randomFrom(5), kernel, windows);
    found.push(...await differences(backend, call));
  }
  return found;
}

for (const layout of ["NCHW", "NHWC"] as const) {
  const { bindingSize } = batches[layout];

  gpuTest(
    `gradients read more values than can be bound, ${layout}`,
    async (open) => {
      const windows = windowsOf(layout);
      assertEquals(await faults(open, windows, {}), []);
      const limits = { maxStorageBuffersPerShaderStage: 8 };
      assertEquals(await faults(open, windows, limits), []);
    },
  );

  gpuTest(`values share a buffer item by item, ${layout}`, async (open) => {
    const limits = {
      maxStorageBuffersPerShaderStage: 8,
      maxStorageBufferBindingSize: bindingSize,
    };
    assertEquals(await faults(open, windowsOf(layout), limits), []);
  });
}

gpuTest("values of regions share a buffer", async (open) => {
  const rois = {
    shape: [4, 5],
    data: Float32Array.of(
      ...[1, 0, 0, 5, 6],
      ...[0, 1, 2, 4, 5],
      ...[1, 2, 0, 6, 3],
      ...[0, 3, 3, 4, 4],
    ),
  };
  const windows = regions([2, 3, 7, 7], rois, { outputSize: [2, 2] });
  const limits = { maxStorageBuffersPerShaderStage: 5 };
  assertEquals(await faults(open, windows, limits), []);
});

gpuTest("values that share a buffer must fit into a binding", (open) => {
  const limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxStorageBufferBindingSize: 4096,
  };
  using backend = new Gpu(overrideDevice(open, { limits }));
  using session = backend.session({ mode: "train" });
  const { shape } = batches.NCHW;
  const x = session.upload({ shape, data: new Float32Array(5120) });
  const { y } = session.window(products, { values: { x } }, windowsOf("NCHW"));
  assertThrows(
    () => session.grad(y, y, [x]),
    RangeError,
    "Cannot run on a tensor of shape 9×10×2×8×8 on the GPU: one item must be bound at once and take 4608 bytes, the device binds at most 4096",
  );
});

gpuTest(
  "a user's buffer that cannot be copied is bound alone",
  async (open) => {
    const limits = { maxStorageBuffersPerShaderStage: 4 };
    using backend = new Gpu(overrideDevice(open, { limits }));
    using session = backend.session();
    const sum = windowKernel(
      "sum",
      ["x"],
      ({ x, a, b, c }, fold) => fold.sum(x).add(a).add(b).add(c),
      { windows: ["a", "b", "c"] },
    );
    const upload = (...numbers: number[]) =>
      session.upload({ shape: [1, 1, 2], data: Float32Array.from(numbers) });
    const buffer = backend.device.createBuffer({
      size: 8,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_DST,
    });
    backend.device.queue.writeBuffer(buffer, 0, Float32Array.of(10, 20));
    const user = session.fromBuffer(buffer, [1, 1, 2]);
    const [x, b, c] = [upload(1, 2), upload(100, 200), upload(1000, 2000)];
    const windows = slide(x.shape, { axes: 1, kernelSize: 1 });
    const { y } = session.window(
      sum,
      { values: { x, a: user, b, c } },
      windows,
    );
    assertEquals([...(await session.read(y)).data], [1111, 2222]);
    assertThrows(
      () =>
        session.window(sum, { values: { x, a: user, b: user, c } }, windows),
      RangeError,
      "Cannot run sum: one invocation per window: it binds 5 storage buffers, the device allows 4",
    );
    buffer.destroy();
  },
);
