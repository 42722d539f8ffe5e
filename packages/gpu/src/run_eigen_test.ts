import { assertEquals, assertThrows } from "@std/assert";
import type { Shape, Tensor } from "@rockpool/core";
import { eigenKernel } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import { randomFrom } from "./test_calls.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice } from "./test_override.ts";

function matrices(shape: Shape) {
  const size = shape.reduce((n, length) => n * length, 1);
  const random = randomFrom(4);
  return { shape, data: Float32Array.from({ length: size }, random) };
}

async function decompose(backend: Gpu, x: Tensor) {
  using session = backend.session();
  const { values, vectors } = session.eigen(session.upload(x), eigenKernel);
  const results = [await session.read(values), await session.read(vectors)];
  return results.map(({ data }) => [...data]);
}

gpuTest("matrices are decomposed in chunks of the batch", async (open) => {
  const limits = {
    maxStorageBufferBindingSize: 5000,
    minStorageBufferOffsetAlignment: 256,
  };
  using backend = new Gpu(overrideDevice(open, { limits }));
  for (const [rows, columns] of [[8, 10], [10, 8]]) {
    const { shape, data } = matrices([11, rows, columns]);
    const all = await decompose(backend, { shape, data });
    const single: number[][][] = [];
    for (let item = 0; item < 11; item++) {
      const part = data.slice(item * 80, (item + 1) * 80);
      const x = { shape: [1, rows, columns], data: part };
      single.push(await decompose(backend, x));
    }
    assertEquals(all, [0, 1].map((of) => single.flatMap((it) => it[of])));
  }
  assertEquals(backend.memory().live, 0);
});

gpuTest("as many eigenvalues as the GPU finds are found", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  // A diagonal that is in no order.
  const data = new Float32Array(256 * 257);
  for (let i = 0; i < 256; i++) data[i * 257 + i] = 1 + (i * 37) % 256;
  const x = session.upload({ shape: [1, 256, 257], data });
  const { data: values } = await session.read(
    session.eigen(x, eigenKernel).values,
  );
  const apart = [...values].map((value, r) =>
    Math.abs(value / (256 - r) ** 2 - 1)
  );
  assertEquals(apart.filter((it) => it > 1e-5), []);
});

gpuTest("matrices with more eigenvalues are refused", (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  for (const shape of [[1, 257, 300], [1, 300, 257]]) {
    const x = session.upload(matrices(shape));
    assertThrows(
      () => session.eigen(x, eigenKernel),
      RangeError,
      `Cannot decompose matrices of shape ${
        shape.join("×")
      } on the GPU: they have 257 eigenvalues, 256 are the most (the CPU backend has no such limit)`,
    );
  }
});

gpuTest("matrices that cannot be bound are refused", (open) => {
  const limits = { maxStorageBufferBindingSize: 1024 };
  using backend = new Gpu(overrideDevice(open, { limits }));
  using session = backend.session();
  const x = session.upload(matrices([2, 20, 30]));
  assertThrows(
    () => session.eigen(x, eigenKernel),
    RangeError,
    "Cannot run on a tensor of shape 2×20×30 on the GPU: 2 items must be bound at once",
  );
});
