import { assert, assertEquals } from "@std/assert";
import type { Backend, MatmulOptions, Shape, Tensor } from "@rockpool/core";
import {
  interpreter,
  matmulKernel,
  type Matrices,
  type MatrixProduct,
  runWatMatmul,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";
import { CpuDevice } from "./cpu_device.ts";
import type { Block } from "./cpu_value.ts";
import { WasmMemory } from "./memory.ts";

interface Case {
  readonly a: Shape;
  readonly b: Shape;
  readonly options: MatmulOptions;
}

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65];

/** Batches of both operands; undefined where there is none. */
const BATCHES = [[], [1, 1], [3, 3], [undefined, 3], [3, undefined]];

const TRANSPOSES = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB }))
);

/** Products of all lengths, and of all kinds of operands in turn. */
function* cases(): Generator<Case> {
  let index = 0;
  for (const m of LENGTHS) {
    for (const k of LENGTHS) {
      for (const n of LENGTHS) {
        const [aBatch, bBatch] = BATCHES[index % BATCHES.length];
        const options = TRANSPOSES[(index + n) % TRANSPOSES.length];
        const { transposeA, transposeB } = options;
        yield {
          a: shapeOf(aBatch, transposeA ? [k, m] : [m, k]),
          b: shapeOf(bBatch, transposeB ? [n, k] : [k, n]),
          options,
        };
        index += 1;
      }
    }
  }
  for (const options of TRANSPOSES) {
    for (const [aBatch, bBatch] of BATCHES) {
      // Several blocks of rows, of columns and of terms.
      const a = options.transposeA ? [300, 150] : [150, 300];
      const b = options.transposeB ? [270, 300] : [300, 270];
      yield { a: shapeOf(aBatch, a), b: shapeOf(bBatch, b), options };
    }
  }
}

function shapeOf(batch: number | undefined, matrix: Shape): Shape {
  return batch === undefined ? matrix : [batch, ...matrix];
}

/** Numbers between −1 and 1 that are the same in every run. */
function numbers(shape: Shape, seed: number): Tensor<Float32Array> {
  let state = seed;
  const size = shape.reduce((n, length) => n * length, 1);
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, data };
}

/** The product and both gradients. */
async function evaluate(
  backend: Backend,
  { a, b, options }: Case,
): Promise<Tensor[]> {
  using session = backend.session({ mode: "train" });
  const operands = [
    session.upload(numbers(a, 1)),
    session.upload(numbers(b, 2)),
  ] as const;
  const y = session.matmul(operands, matmulKernel, options);
  const dy = session.upload(numbers(y.shape, 3));
  const values = [y, ...session.grad(y, dy, operands)];
  return await Promise.all(values.map((value) => session.read(value)));
}

/** The largest difference, relative to values above 1. */
function distance(got: readonly Tensor[], expected: readonly Tensor[]): number {
  let largest = 0;
  for (const [result, { data }] of expected.entries()) {
    for (const [at, want] of data.entries()) {
      const apart = Math.abs(got[result].data[at] - want);
      largest = Math.max(largest, apart / Math.max(1, Math.abs(want)));
      if (Number.isNaN(apart)) return Infinity;
    }
  }
  return largest;
}

for (const threads of [1, 2]) {
  Deno.test(`products of matrices and their gradients agree with the interpreter on ${threads} threads`, async () => {
    using oracle = interpreter();
    using backend = await cpu({ threads });
    const faults: string[] = [];
    for (const test of cases()) {
      const got = await evaluate(backend, test);
      const apart = distance(got, await evaluate(oracle, test));
      if (apart > 1e-5) {
        faults.push(`${JSON.stringify(test)} is ${apart} off`);
      }
    }
    assertEquals(faults, []);
    assertEquals(backend.memory().live, 0);
  });
}

/** What the result is by definition, and by how much rounding may change it. */
function plainProduct(
  { a, b, sizes }: Pick<MatrixProduct<Block>, "a" | "b" | "sizes">,
): number[] {
  const { batch, groups, rows, inner, columns } = sizes;
  const results: number[] = [];
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let g = 0; g < groups; g++) {
          for (let k = 0; k < inner; k++) {
            const at = ({ batch, group, along }: Matrices<Block>) =>
              n * batch + g * group + k * along;
            sum += a.value.data[at(a) + i * a.across] *
              b.value.data[at(b) + j * b.across];
          }
        }
        results.push(sum);
      }
    }
  }
  return results;
}

Deno.test("elements may lie in any order, in memory that is not shared too", () => {
  const device = new CpuDevice(new WasmMemory(false), {
    pool: undefined,
    fused: false,
  });
  const sizes = { batch: 2, groups: 3, rows: 13, inner: 6, columns: 11 };
  const orders = [
    ["batch", "group", "across", "along"],
    ["across", "along", "group", "batch"],
    ["along", "batch", "across", "group"],
    ["group", "across", "batch", "along"],
  ] as const;
  const matrices = (
    order: typeof orders[number],
    length: number,
    seed: number,
  ): Matrices<Block> => {
    const lengths = {
      batch: sizes.batch,
      group: sizes.groups,
      across: length,
      along: sizes.inner,
    };
    const strides = { batch: 0, group: 0, across: 0, along: 0 };
    let stride = 1;
    for (const way of order.toReversed()) {
      strides[way] = stride;
      // Some elements stay between one row and the next.
      stride = stride * lengths[way] + 1;
    }
    const value = device.allocate([stride], "float32");
    device.write(value, numbers([stride], seed).data);
    return { value, ...strides };
  };
  for (const [first, aOrder] of orders.entries()) {
    for (const [second, bOrder] of orders.entries()) {
      const a = matrices(aOrder, sizes.rows, first);
      const b = matrices(bOrder, sizes.columns, 10 + second);
      const shape = [sizes.batch, sizes.rows, sizes.columns];
      const to = device.allocate(shape, "float32");
      const live = device.allocator.live;
      device.multiply({ a, b, to, sizes }, runWatMatmul);
      const expected = plainProduct({ a, b, sizes });
      const apart = to.data.map((x, at) => Math.abs(x - expected[at]));
      assert(Math.max(...apart) < 1e-5);
      if (first + second > 0) assertEquals(device.allocator.live, live);
      for (const { value } of [a, b, { value: to }]) device.free(value);
    }
  }
  assertEquals(device.live, 0);
});

Deno.test("products are the same bit for bit on 1 and 2 threads", async () => {
  using one = await cpu({ threads: 1 });
  using two = await cpu({ threads: 2 });
  const tests: Case[] = [
    { a: [70, 700], b: [700, 130], options: {} },
    { a: [300, 33], b: [9, 33, 75], options: {} },
    { a: [5, 61, 99], b: [5, 61, 99], options: { transposeA: true } },
  ];
  for (const test of tests) {
    assertEquals(await evaluate(two, test), await evaluate(one, test));
  }
});

for (const transposeA of [false, true]) {
  const name = transposeA ? "xᵀx" : "xxᵀ";
  Deno.test(`${name} is the same bit for bit as the product of x and its copy`, async () => {
    using backend = await cpu({ threads: 2 });
    for (const length of [1, 3, 8, 20, 75, 270]) {
      using session = backend.session();
      const x = numbers([3, length, length + 30], 4);
      const [a, same] = [session.upload(x), session.upload(x)];
      const options = { transposeA, transposeB: !transposeA };
      const mirrored = session.matmul([a, a], matmulKernel, options);
      const whole = session.matmul([a, same], matmulKernel, options);
      assertEquals(mirrored.data, whole.data);
    }
  });
}

Deno.test("what is no number comes through a product, times zero as well", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const product = (shape: Shape, a: number[], b: number[]) => {
    const left = session.upload({ shape, data: Float32Array.from(a) });
    const right = session.upload({
      shape: shape.toReversed(),
      data: Float32Array.from(b),
    });
    return [...session.matmul([left, right], matmulKernel).data];
  };
  assertEquals(product([1, 1], [0], [Infinity]), [NaN]);
  assertEquals(product([1, 2], [Infinity, 1], [2, -3]), [Infinity]);
  assertEquals(product([1, 2], [Infinity, -Infinity], [1, 1]), [NaN]);
  assertEquals(product([1, 2], [0, 1], [NaN, 1]), [NaN]);
  const row = new Array(9).fill(0);
  assertEquals(product([1, 9], row, [...row.slice(1), -Infinity]), [NaN]);
  // Rows and columns beside it stay as they are.
  assertEquals(product([2, 1], [NaN, 1], [1, 2]), [NaN, NaN, 1, 2]);
});

Deno.test("sums of 100,000 terms stay close", async () => {
  using backend = await cpu({ threads: 1 });
  using oracle = interpreter();
  const [row, column] = [[1, 1, 100_000], [1, 100_000, 1]];
  for (const [a, b] of [[row, column], [[100_000, 1, 1], [100_000, 1, 1]]]) {
    const [got, expected] = await Promise.all(
      [backend, oracle].map(async (backend) => {
        using session = backend.session({ mode: "train" });
        // All above zero, so that rounding errors find no match.
        const upload = ({ shape, data }: Tensor<Float32Array>) =>
          session.upload({ shape, data: data.map((x) => x + 2) });
        const [left, right] = [upload(numbers(a, 1)), upload(numbers(b, 2))];
        if (a[0] === 1) {
          return await session.read(
            session.matmul([left, right], matmulKernel),
          );
        }
        const matrix = upload(numbers([1, 1], 3));
        const y = session.matmul([left, matrix], matmulKernel);
        const [gradient] = session.grad(y, right, [matrix]);
        return await session.read(gradient);
      }),
    );
    const [have, want] = [got.data[0], expected.data[0]];
    assert(Math.abs(have - want) < 1e-5 * want, `${have} instead of ${want}`);
  }
});
