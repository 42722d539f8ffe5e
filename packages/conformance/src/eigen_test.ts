import { assert, assertEquals } from "@std/assert";
import type { Backend, Tensor } from "@rockpool/core";
import { eigenKernel, gramEigen } from "@rockpool/kernel";
import { testBackends } from "./backends.ts";
import { makeRandom } from "./random.ts";
import { type TestBackend, testInterpreter } from "./test_backend.ts";

/** A batch of matrices, `[B, D, M]`. */
interface Case {
  readonly name: string;
  readonly x: Tensor<Float32Array>;
}

const SHAPES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 5],
  [5, 1],
  [2, 2],
  [3, 7],
  [7, 3],
  [16, 16],
  [17, 9],
  [33, 64],
  [64, 33],
  [64, 64],
];

type Fill = (i: number, j: number) => number;

function batchOf(
  name: string,
  [items, rows, columns]: readonly [number, number, number],
  fill: (item: number) => Fill,
): Case {
  const data = new Float32Array(items * rows * columns);
  for (let item = 0, at = 0; item < items; item++) {
    const element = fill(item);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++) data[at] = element(i, j);
    }
  }
  const shape = [items, rows, columns];
  return { name: `${name} of ${shape.join("×")}`, x: { shape, data } };
}

/** Numbers between −1 and 1, the same ones each time. */
function noise(): Fill {
  const random = makeRandom(3);
  return () => 2 * random() - 1;
}

/** A matrix of some rank: products of two smaller ones. */
function ofRank(rank: number): Fill {
  return (i, j) => {
    let sum = 0;
    for (let k = 1; k <= rank; k++) {
      sum += Math.sin(7 * i + 11 * k) * Math.cos(5 * j + 3 * k * k);
    }
    return sum;
  };
}

const cases: readonly Case[] = [
  ...SHAPES.flatMap(([rows, columns]) =>
    [1, 3].map((items) =>
      batchOf("numbers in no order", [items, rows, columns], noise)
    )
  ),
  ...[[2, 3, 3], [1, 9, 20], [1, 20, 9]].map(([items, rows, columns]) =>
    batchOf("zeros", [items, rows, columns], () => () => 0)
  ),
  batchOf("an identity", [1, 16, 16], () => (i, j) => i === j ? 1 : 0),
  batchOf(
    "pairs of equal eigenvalues",
    [1, 12, 12],
    () => (i, j) => i >> 1 === j >> 1 ? (i > j ? -1 : 1) * ((i >> 1) + 1) : 0,
  ),
  batchOf("ones", [1, 10, 30], () => () => 1),
  batchOf("ones", [1, 30, 10], () => () => 1),
  batchOf("a lower rank", [1, 20, 40], () => ofRank(5)),
  batchOf("a lower rank", [1, 40, 20], () => ofRank(5)),
  batchOf("a lower rank", [1, 24, 24], () => ofRank(11)),
  batchOf("rows that are zero", [1, 12, 20], () => {
    const random = noise();
    return (i, j) => i % 3 === 0 ? 0 : random(i, j);
  }),
  ...[[8, 20], [20, 8], [12, 12]].flatMap(([rows, columns]) => [
    batchOf("rows of very different lengths", [1, rows, columns], () => {
      const random = noise();
      return (i, j) => random(i, j) * 10 ** (3 - i);
    }),
    batchOf("columns of very different lengths", [1, rows, columns], () => {
      const random = noise();
      return (i, j) => random(i, j) * 10 ** (j - 4);
    }),
  ]),
  ...[1e-15, 1e15].map((scale) =>
    batchOf(`numbers times ${scale}`, [1, 9, 14], () => {
      const random = noise();
      return (i, j) => scale * random(i, j);
    })
  ),
  batchOf("means that outweigh what varies", [2, 16, 49], () => {
    const random = noise();
    return (i, j) => 100 + random(i, j) / 100;
  }),
];

async function decompose(
  backend: Backend,
  x: Tensor,
): Promise<{ values: Float32Array; vectors: Float32Array }> {
  using session = backend.session();
  const { values, vectors } = session.eigen(session.upload(x), eigenKernel);
  const tensors = await Promise.all(
    [values, vectors].map((value) => session.read(value)),
  );
  const [batch, rows, columns] = x.shape;
  const rank = Math.min(rows, columns);
  assertEquals(tensors.map(({ shape }) => shape), [
    [batch, rank],
    [batch, rows, rank],
  ]);
  const [a, b] = tensors.map(({ data }) => data as Float32Array);
  return { values: a, vectors: b };
}

/** How far off results may be, in parts of the greatest eigenvalue, or of 1. */
interface Tolerance {
  readonly values: number;
  readonly residual: number;
  readonly orthogonal: number;
}

/** Checks one matrix of a batch. */
function check(
  x: Float32Array,
  [rows, columns]: readonly [number, number],
  { values, vectors }: { values: Float32Array; vectors: Float32Array },
  tolerance: Tolerance,
): void {
  const rank = values.length;
  const expected = gramEigen(x, rows, columns);
  const greatest = expected.values[0];
  for (let r = 0; r < rank; r++) {
    const apart = Math.abs(values[r] - expected.values[r]);
    assert(
      apart <= tolerance.values * greatest,
      `eigenvalue ${r} is ${values[r]} instead of ${expected.values[r]}`,
    );
    assert(values[r] >= 0 && !(values[r] > values[r - 1]), "not descending");
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let gram = 0;
      for (let k = 0; k < columns; k++) {
        gram += x[i * columns + k] * x[j * columns + k];
      }
      let product = 0;
      for (let r = 0; r < rank; r++) {
        product += values[r] * vectors[i * rank + r] * vectors[j * rank + r];
      }
      assert(
        Math.abs(product - gram) <= tolerance.residual * greatest,
        `U Λ Uᵀ at ${i}, ${j} is ${product} instead of ${gram}`,
      );
    }
  }
  for (let r = 0; r < rank; r++) {
    for (let q = 0; q <= r; q++) {
      let product = 0;
      for (let i = 0; i < rows; i++) {
        product += vectors[i * rank + r] * vectors[i * rank + q];
      }
      const exact = r === q && values[r] > 0 ? 1 : 0;
      // In double precision vectors come from xᵀ x, and its rounding errors
      // are those of the greatest eigenvalue.
      const lifted = rows > columns
        ? 2 ** -50 * greatest / Math.sqrt(values[r] * values[q])
        : 0;
      assert(
        !(Math.abs(product - exact) > tolerance.orthogonal + lifted),
        `vectors ${r} and ${q} have the product ${product}`,
      );
    }
  }
}

function checkAll(
  { shape, data }: Tensor<Float32Array>,
  { values, vectors }: { values: Float32Array; vectors: Float32Array },
  tolerance: Tolerance,
): void {
  const [items, rows, columns] = shape;
  const part = (all: Float32Array, item: number) => {
    const size = all.length / items;
    return all.subarray(item * size, (item + 1) * size);
  };
  for (let item = 0; item < items; item++) {
    check(part(data, item), [rows, columns], {
      values: part(values, item),
      vectors: part(vectors, item),
    }, tolerance);
  }
}

const inDouble = { values: 1e-6, residual: 1e-6, orthogonal: 1e-6 };
const inSingle = { values: 1e-5, residual: 1e-5, orthogonal: 1e-5 };

const subjects: readonly (TestBackend & { tolerance: Tolerance })[] = [
  { ...testInterpreter, tolerance: inDouble },
  ...testBackends.map((it) => ({
    name: it.name,
    open: it.open,
    openTwin: it.openTwin,
    skip: it.skip,
    tolerance: it.name === "cpu" ? inDouble : inSingle,
  })),
];

for (const { name, open, openTwin, skip, tolerance } of subjects) {
  const reason = skip === undefined ? "" : ` (skipped: ${skip})`;
  const test = (what: string, fn: () => Promise<void>) =>
    Deno.test({
      name: `eigen() on ${name} ${what}${reason}`,
      ignore: skip !== undefined,
      fn,
    });

  test("gives x xᵀ back", async () => {
    using backend = await open();
    const faults: string[] = [];
    for (const { name, x } of cases) {
      try {
        checkAll(x, await decompose(backend, x), tolerance);
      } catch (error) {
        faults.push(`${name}: ${(error as Error).message}`);
      }
    }
    assertEquals(faults, []);
    assertEquals(backend.memory().live, 0);
  });

  test("gives NaN for a matrix that holds what is no number", async () => {
    using backend = await open();
    for (const wrong of [NaN, Infinity, -Infinity]) {
      for (const [rows, columns] of [[5, 9], [9, 5]]) {
        const { x } = batchOf("", [3, rows, columns], noise);
        const good = await decompose(backend, x);
        const size = rows * columns;
        x.data[size + 7] = wrong;
        const { values, vectors } = await decompose(backend, x);
        const isWrong = (all: Float32Array) =>
          [0, 1, 2].map((item) => {
            const part = all.length / 3;
            return all.subarray(item * part, (item + 1) * part)
              .every(Number.isNaN);
          });
        assertEquals(isWrong(values), [false, true, false]);
        assertEquals(isWrong(vectors), [false, true, false]);
        for (const item of [0, 2]) {
          const part = (all: Float32Array) =>
            all.slice(item * all.length / 3, (item + 1) * all.length / 3);
          assertEquals(part(values), part(good.values));
          assertEquals(part(vectors), part(good.vectors));
        }
      }
    }
  });

  test("gives nothing for no matrices, and for empty ones", async () => {
    using backend = await open();
    for (const shape of [[0, 3, 4], [2, 0, 3], [2, 3, 0]]) {
      const { values } = await decompose(backend, {
        shape,
        data: new Float32Array(0),
      });
      assertEquals(values.length, 0);
    }
  });

  test("gives the same bits in every run", async () => {
    const results = [];
    for (const start of [open, openTwin ?? open]) {
      using backend = await start();
      for (const [rows, columns] of [[33, 70], [70, 33]]) {
        const { x } = batchOf("", [7, rows, columns], noise);
        results.push(await decompose(backend, x));
      }
    }
    assertEquals(results.slice(0, 2), results.slice(2));
  });
}
