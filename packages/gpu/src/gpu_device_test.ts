import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Tensor } from "@rockpool/core";
import { interpreter, slide, windowKernel } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import type { OpenGpuSession } from "./gpu_session.ts";
import type { GpuValue } from "./gpu_value.ts";
import { kernels, randomCall, randomFrom } from "./test_calls.ts";
import { differences } from "./test_compare.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice } from "./test_override.ts";
import { BufferUsage } from "./usage_flags.ts";

const double = windowKernel(
  "double",
  ["x"],
  ({ x }, fold) => fold.sum(x.add(x)),
);

const [extremes, weighted, random] = ["extremes", "weighted", "random"]
  .map((name) => kernels.find((kernel) => kernel.name === name)!);

function doubled(session: OpenGpuSession, x: GpuValue): GpuValue {
  const windows = slide(x.shape, { axes: 1, kernelSize: 1 });
  return session.window(double, { values: { x } }, windows).y;
}

function row(...numbers: number[]): Tensor<Float32Array> {
  return { shape: [1, 1, numbers.length], data: Float32Array.from(numbers) };
}

async function numbers(
  session: OpenGpuSession,
  x: GpuValue,
): Promise<number[]> {
  return [...(await session.read(x)).data];
}

gpuTest("more commands than one batch holds run in order", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  let x = session.upload(row(1, -2));
  const kept: GpuValue[] = [];
  for (let step = 0; step < 700; step++) {
    const y = doubled(session, x);
    if (step % 100 === 99) kept.push(y);
    else if (step % 100 === 50) session.upload(row(step, step));
    x = step % 100 === 99 ? session.upload(row(step, 1)) : y;
  }
  const read = await Promise.all(kept.map((y) => numbers(session, y)));
  const power = 2 ** 100;
  assertEquals(read[0], [power, -2 * power]);
  assertEquals(read[6], [599 * power, power].map(Math.fround));
});

gpuTest(
  "a freed buffer is written again only after its last use",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const results: GpuValue[] = [];
    for (let step = 0; step < 20; step++) {
      const x = session.upload(row(step, step + 1));
      results.push(doubled(session, x));
      session.free(x);
    }
    for (const [step, y] of results.entries()) {
      assertEquals(await numbers(session, y), [2 * step, 2 * step + 2]);
    }
  },
);

gpuTest(
  "a session frees its values, whose buffers are used again",
  async (open) => {
    using backend = new Gpu(open);
    const before = backend.memory();
    assertEquals(before.live, 0);
    const pass = async () => {
      using session = backend.session();
      const x = session.upload(row(1, 2, 3));
      const y = doubled(session, x);
      assertEquals(backend.memory().live, 24);
      assertEquals(await numbers(session, y), [2, 4, 6]);
    };
    await pass();
    const { live, reserved } = backend.memory();
    assertEquals(live, 0);
    await pass();
    assertEquals(backend.memory(), { live, reserved });
  },
);

gpuTest("a read may still be waiting when its session ends", async (open) => {
  using backend = new Gpu(open);
  const start = () => {
    using session = backend.session();
    return session.read(doubled(session, session.upload(row(4))));
  };
  const [first, second] = [start(), start()];
  assertEquals([...(await first).data], [8]);
  assertEquals([...(await second).data], [8]);
});

gpuTest("an empty value can be made and read", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  const x = session.upload({ shape: [0, 2, 3], data: new Float32Array(0) });
  const y = doubled(session, x);
  assertEquals(await session.read(y), {
    shape: [0, 2, 3],
    data: new Float32Array(0),
  });
});

gpuTest(
  "more results than one dimension of a dispatch has are all computed",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const size = 65535 * 64 + 1000;
    const data = Float32Array.from({ length: size }, (_, at) => at % 1024);
    const y = doubled(session, session.upload({ shape: [1, 1, size], data }));
    const read = await session.read(y);
    const wrong = read.data.findIndex((have, at) => have !== 2 * (at % 1024));
    assertEquals(wrong, -1);
  },
);

const batches = [
  { shape: [10, 2, 16, 16], layout: "NCHW", bindingSize: 8192 },
  // Only parts of 16 items begin where a binding may.
  { shape: [19, 12, 12, 5], layout: "NHWC", bindingSize: 49152 },
] as const;

gpuTest("tensors larger than a binding are run item by item", async (open) => {
  const faults: string[] = [];
  for (const { shape, layout, bindingSize } of batches) {
    const limits = { maxStorageBufferBindingSize: bindingSize };
    using backend = new Gpu({
      ...overrideDevice(open, { limits }),
      [Symbol.dispose]() {},
    });
    const windows = slide(shape, {
      axes: 2,
      kernelSize: 3,
      stride: 2,
      padding: 1,
      layout,
    });
    for (const kernel of [extremes, weighted, random]) {
      const call = randomCall(randomFrom(11), kernel, windows);
      faults.push(...await differences(backend, call));
    }
  }
  assertEquals(faults, []);
});

gpuTest(
  "what is too large for the device is refused before any work",
  (open) => {
    const limits = { maxStorageBufferBindingSize: 1024 };
    using backend = new Gpu(overrideDevice(open, { limits }));
    using session = backend.session();
    const most = backend.device.limits.maxBufferSize;
    const elements = Math.floor(most / 4) + 1;
    assertThrows(
      () => session.empty([elements]),
      RangeError,
      `Cannot make a value of shape ${elements} on the GPU: it takes ${
        4 * elements
      } bytes, a buffer of the device at most ${most}`,
    );
    const x = session.upload({
      shape: [2, 1, 300],
      data: new Float32Array(600),
    });
    assertThrows(
      () => doubled(session, x),
      RangeError,
      "Cannot run on a tensor of shape 2×1×300 on the GPU: 2 items must be bound at once and take 2400 bytes, the device binds at most 1024",
    );
  },
);

gpuTest(
  "a user's buffer is read in place and stays the user's",
  async (open) => {
    const { device } = open;
    const usage = BufferUsage.STORAGE | BufferUsage.COPY_SRC |
      BufferUsage.COPY_DST;
    const buffer = device.createBuffer({ size: 32, usage });
    device.queue.writeBuffer(buffer, 0, Float32Array.of(1, 2, 3));
    using user = {
      device,
      adapter: "",
      implementation: "user" as const,
      [Symbol.dispose]() {},
    };
    {
      using backend = new Gpu(user);
      using session = backend.session();
      const x = session.fromBuffer(buffer, [1, 1, 3]);
      const y = doubled(session, x);
      // After the call the buffer is the user's again.
      device.queue.writeBuffer(buffer, 0, Float32Array.of(7, 7, 7));
      assertEquals(await numbers(session, y), [2, 4, 6]);
      assertEquals(await numbers(session, x), [7, 7, 7]);
      assertEquals(backend.memory().live, 12);
    }
    using backend = new Gpu(user);
    using session = backend.session();
    const x = session.fromBuffer(buffer, [1, 1, 3]);
    assertEquals(await numbers(session, x), [7, 7, 7]);
    buffer.destroy();
  },
);

gpuTest(
  "the buffer of a value can be used by the user's own commands",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const { device } = backend;
    const y = doubled(session, session.upload(row(3, 4)));
    const copy = device.createBuffer({
      size: 8,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
    });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(y.buffer, 0, copy, 0, 8);
    device.queue.submit([encoder.finish()]);
    const x = session.fromBuffer(copy, [1, 1, 2]);
    assertEquals(await numbers(session, x), [6, 8]);
    copy.destroy();
  },
);

gpuTest("a buffer that cannot be a value is refused", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  const { device } = backend;
  const bad = device.createBuffer({ size: 16, usage: BufferUsage.COPY_DST });
  assertThrows(
    () => session.fromBuffer(bad, [4]),
    TypeError,
    "Cannot use a buffer of usage 8: GPUBufferUsage.STORAGE is needed",
  );
  const good = device.createBuffer({ size: 16, usage: BufferUsage.STORAGE });
  assertThrows(
    () => session.fromBuffer(good, [5]),
    RangeError,
    "Cannot use a buffer of 16 bytes for shape 5: 20 bytes are needed",
  );
  await assertRejects(
    () => session.read(session.fromBuffer(good, [4])),
    TypeError,
    "GPUBufferUsage.COPY_SRC is needed",
  );
  bad.destroy();
  good.destroy();
});

gpuTest("small uploads are at hand until a kernel writes", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  const x = session.upload(row(1, 2));
  assertEquals(session.peek(x), Float32Array.of(1, 2));
  assertEquals(session.peek(doubled(session, x)), undefined);
  const large = session.upload({
    shape: [2 ** 18 + 1],
    data: new Float32Array(2 ** 18 + 1),
  });
  assertEquals(session.peek(large), undefined);
  assertEquals(await numbers(session, x), [1, 2]);
});

gpuTest(
  "the same gradients come out bit for bit in every run",
  async (open) => {
    using backend = new Gpu(open);
    const call = randomCall(
      randomFrom(8),
      kernels[3],
      slide([2, 3, 13, 11], { kernelSize: 3, stride: 1, padding: 1 }),
    );
    const gradient = async () => {
      using session = backend.session({ mode: "train" });
      const x = session.upload(call.tensors.x);
      const { kernel, scalars, windows } = call;
      const { y } = session.window(kernel, { values: { x }, scalars }, windows);
      const [dx] = session.grad(y, y, [x]);
      return await session.read(dx);
    };
    assertEquals(await gradient(), await gradient());
  },
);

gpuTest(
  "random numbers have the same bits as the interpreter's",
  async (open) => {
    using backend = new Gpu(open);
    using oracle = interpreter();
    const kernel = windowKernel("draws", ["x"], ({ x }, fold, draw) => ({
      perWindow: draw.windowRandom(2 ** 32 - 1).add(fold.count().mul(0)),
      perElement: fold.max(draw.elementRandom(3).add(x.mul(0))),
    }));
    const draw = async (open: Gpu | typeof oracle) => {
      using session = open.session({ seed: 123456789 });
      const shape = [2, 4, 5, 3];
      const x = session.upload({ shape, data: new Float32Array(120) });
      const windows = slide(shape, {
        kernelSize: 2,
        stride: 1,
        layout: "NHWC",
      });
      const { perWindow, perElement } = session.window(kernel, {
        values: { x },
      }, windows);
      return [await session.read(perWindow), await session.read(perElement)];
    };
    assertEquals(await draw(backend), await draw(oracle));
  },
);

gpuTest(
  "kernels of more buffers than can be bound run for some outputs at a time",
  async (open) => {
    const limits = { maxStorageBuffersPerShaderStage: 8 };
    using backend = new Gpu(overrideDevice(open, { limits }));
    const windows = slide([2, 2, 5, 5], { kernelSize: 3, stride: 1 });
    const call = randomCall(randomFrom(4), extremes, windows);
    assertEquals(await differences(backend, call), []);
  },
);

gpuTest("a kernel of more inputs than can be bound is refused", (open) => {
  const limits = { maxStorageBuffersPerShaderStage: 8 };
  using backend = new Gpu(overrideDevice(open, { limits }));
  using session = backend.session();
  const names = [..."abcdefgh"];
  const kernel = windowKernel("inputs", names, (leaves, fold) => {
    const sum = Object.values(leaves).reduce((sum, leaf) => sum.add(leaf));
    return fold.sum(sum);
  });
  const values = Object.fromEntries(
    names.map((name) => [name, session.upload(row(1))]),
  );
  const windows = slide([1, 1, 1], { axes: 1, kernelSize: 1 });
  assertThrows(
    () => session.window(kernel, { values }, windows),
    RangeError,
    "Cannot run inputs: one invocation per window: it binds 9 storage buffers, the device allows 8",
  );
});
