import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Backend, Shape, Tensor } from "@rockpool/core";
import { eigenKernel, runWatEigen } from "@rockpool/kernel";
import { cpu } from "./cpu.ts";
import { CpuDevice } from "./cpu_device.ts";
import { Block } from "./cpu_value.ts";
import { WasmMemory } from "./memory.ts";

/** Numbers between −1 and 1 that are the same in every run. */
function numbers(shape: Shape): Tensor<Float32Array> {
  let state = 7;
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, data };
}

async function decompose(backend: Backend, shape: Shape) {
  using session = backend.session();
  const { values, vectors } = session.eigen(
    session.upload(numbers(shape)),
    eigenKernel,
  );
  const results = [await session.read(values), await session.read(vectors)];
  return results.map(({ data }) => data);
}

Deno.test("eigenvalues and eigenvectors have the same bits on any number of threads", async () => {
  const shapes = [[1, 70, 90], [2, 40, 40], [9, 33, 64], [13, 64, 33]];
  const [one, ...more] = await Promise.all([1, 2, 3].map(async (threads) => {
    using backend = await cpu({ threads });
    const results = [];
    for (const shape of shapes) results.push(await decompose(backend, shape));
    assertEquals(backend.memory().live, 0);
    return results;
  }));
  for (const results of more) assertEquals(results, one);
});

Deno.test("memory that eigenvalues need is used again", async () => {
  using backend = await cpu({ threads: 2 });
  await decompose(backend, [8, 50, 60]);
  const { reserved } = backend.memory();
  for (let run = 0; run < 3; run++) await decompose(backend, [8, 50, 60]);
  assertEquals(backend.memory().reserved, reserved);
});

Deno.test("a large matrix is decomposed too", async () => {
  const n = 600;
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const { data } = numbers([1, n, n]);
  const { values, vectors } = session.eigen(
    session.upload({ shape: [1, n, n], data }),
    eigenKernel,
  );
  const [{ data: found }, { data: u }] = await Promise.all(
    [values, vectors].map((value) => session.read(value)),
  );
  for (const r of [0, 1, 300, n - 1]) {
    // xᵀ u, and then x xᵀ u.
    const along = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) along[j] += data[i * n + j] * u[i * n + r];
    }
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += data[i * n + j] * along[j];
      const apart = Math.abs(sum - found[r] * u[i * n + r]);
      assert(apart <= 1e-6 * found[0], `${r}, ${i}: ${apart}`);
    }
  }
});

Deno.test("a matrix whose copies memory cannot hold is refused", () => {
  const memory = new WasmMemory(false);
  const device = new CpuDevice(memory, { pool: undefined, fused: false });
  const block = (...shape: number[]) =>
    new Block(memory, 0, shape, "float32", 0);
  const n = 20_000;
  const to = { values: block(1, n), vectors: block(1, n, n) };
  assertThrows(
    () => device.eigen({ x: block(1, n, n), to }, runWatEigen),
    RangeError,
    "Cannot grow the memory of the CPU backend to 64",
  );
});
