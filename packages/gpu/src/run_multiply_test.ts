import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import type { Backend, MatmulOptions, Shape, Tensor } from "@rockpool/core";
import { interpreter, matmulKernel } from "@rockpool/kernel";
import { Gpu } from "./gpu.ts";
import { randomFrom } from "./test_calls.ts";
import { gpuTest } from "./test_devices.ts";
import { overrideDevice } from "./test_override.ts";

interface Case {
  readonly a: Shape;
  readonly b: Shape;
  readonly options: MatmulOptions;
}

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65];

/** Batches of both operands; undefined where there is none. */
const BATCHES = [[], [1, 1], [3, 3], [undefined, 3], [3, undefined]];

/** Products of all kinds of operands, of lengths drawn from the list. */
function* cases(rounds: number): Generator<Case> {
  const random = randomFrom(5);
  const length = () => LENGTHS[Math.floor(random() * LENGTHS.length)];
  for (let round = 0; round < rounds; round++) {
    for (const [aBatch, bBatch] of BATCHES) {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const [m, k, n] = [length(), length(), length()];
          yield {
            a: shapeOf(aBatch, transposeA ? [k, m] : [m, k]),
            b: shapeOf(bBatch, transposeB ? [n, k] : [k, n]),
            options: { transposeA, transposeB },
          };
        }
      }
    }
  }
}

function shapeOf(batch: number | undefined, matrix: Shape): Shape {
  return batch === undefined ? matrix : [batch, ...matrix];
}

/** The product and both gradients. */
async function evaluate(
  backend: Backend,
  { a, b, options }: Case,
): Promise<Tensor[]> {
  const random = randomFrom(8);
  using session = backend.session({ mode: "train" });
  const upload = (shape: Shape) => {
    const size = shape.reduce((n, length) => n * length, 1);
    const data = Float32Array.from({ length: size }, () => random() * 2 - 1);
    return session.upload({ shape, data });
  };
  const operands = [upload(a), upload(b)] as const;
  const y = session.matmul(operands, matmulKernel, options);
  const gradients = session.grad(y, upload(y.shape), operands);
  const values = [y, ...gradients];
  return await Promise.all(values.map((value) => session.read(value)));
}

async function faultsOf(backend: Backend, test: Case): Promise<string[]> {
  using oracle = interpreter();
  const [got, expected] = [
    await evaluate(backend, test),
    await evaluate(oracle, test),
  ];
  const name = `${JSON.stringify(test)}:`;
  return expected.flatMap(({ data }, result) =>
    [...data].flatMap((want, at) => {
      const have = got[result].data[at];
      const isClose = Math.abs(have - want) <= 2e-5 * Math.max(1, want);
      return isClose ? [] : `${name} ${have} for ${want} at ${result}, ${at}`;
    }).slice(0, 1)
  );
}

gpuTest(
  "products of matrices and their gradients agree with the interpreter",
  async (open) => {
    using backend = new Gpu(open);
    const faults: string[] = [];
    for (const test of cases(6)) faults.push(...await faultsOf(backend, test));
    assertEquals(faults, []);
    assertEquals(backend.memory().live, 0);
  },
);

gpuTest(
  "few results of long sums are divided, and are the same in every run",
  async (open) => {
    using backend = new Gpu(open);
    using oracle = interpreter();
    const tests: Case[] = [
      { a: [5, 4000], b: [4000, 6], options: {} },
      { a: [2, 40, 700], b: [2, 700, 33], options: {} },
      { a: [3, 4], b: [300, 4, 5], options: {} },
    ];
    for (const test of tests) {
      const got = await evaluate(backend, test);
      const expected = await evaluate(oracle, test);
      for (const [result, { data }] of expected.entries()) {
        for (const [at, want] of data.entries()) {
          assertAlmostEquals(got[result].data[at], want, 1e-4);
        }
      }
      assertEquals(await evaluate(backend, test), got);
    }
  },
);

gpuTest("sums of 100,000 terms stay close", async (open) => {
  using backend = new Gpu(open);
  using session = backend.session();
  const random = randomFrom(1);
  // All above zero, so that rounding errors find no match.
  const row = Float32Array.from({ length: 100_000 }, () => random() + 1);
  const x = session.upload({ shape: [1, row.length], data: row });
  const y = session.matmul([x, x], matmulKernel, { transposeB: true });
  const want = row.reduce((sum, value) => sum + value * value, 0);
  const [have] = (await session.read(y)).data;
  assertAlmostEquals(have / want, 1, 1e-5);
});

gpuTest(
  "a product takes more workgroups than one dimension has",
  async (open) => {
    using backend = new Gpu(open);
    using session = backend.session();
    const data = Float32Array.from(
      { length: 2 ** 22 + 9 },
      (_, index) => index,
    );
    const x = session.upload({ shape: [data.length, 1, 1], data });
    const three = session.upload({ shape: [1, 1], data: Float32Array.of(3) });
    const y = session.matmul([x, three], matmulKernel);
    assertEquals((await session.read(y)).data, data.map((value) => 3 * value));
  },
);

gpuTest("a batch of matrices is multiplied in chunks", async (open) => {
  // Matrices of 320 bytes: four are a multiple of the alignment.
  const limits = {
    maxStorageBufferBindingSize: 2048,
    minStorageBufferOffsetAlignment: 256,
  };
  using backend = new Gpu(overrideDevice(open, { limits }));
  const test = { a: [11, 8, 10], b: [10, 8], options: {} };
  const [got, expected] = await Promise.all(
    [backend, interpreter()].map(async (backend) => {
      using session = backend.session();
      const [a, b] = [test.a, test.b].map((shape) => {
        const random = randomFrom(2);
        const size = shape.reduce((n, length) => n * length, 1);
        const data = Float32Array.from({ length: size }, random);
        return session.upload({ shape, data });
      });
      return await session.read(session.matmul([a, b], matmulKernel));
    }),
  );
  const apart = got.data.map((x, at) => Math.abs(x - expected.data[at]));
  assert(Math.max(...apart) < 1e-5);
});

gpuTest("matrices that cannot be bound are refused", (open) => {
  const limits = { maxStorageBufferBindingSize: 1024 };
  using backend = new Gpu(overrideDevice(open, { limits }));
  using session = backend.session();
  const a = session.upload({ shape: [2, 400], data: new Float32Array(800) });
  assertThrows(
    () => session.matmul([a, a], matmulKernel, { transposeB: true }),
    RangeError,
    "Cannot run on a tensor of shape 2×400 on the GPU: it must be bound as a whole and takes 3200 bytes",
  );
});
