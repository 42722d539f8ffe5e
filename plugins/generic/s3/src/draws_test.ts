import { backendTests, int32 } from "@rockpool/conformance";
import type { Backend, Mode, Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { s3, type S3Options } from "../mod.ts";

type Options = Partial<S3Options>;

/** Numbers that count up. */
function ramp(...shape: number[]): Tensor<Float32Array> {
  const length = shape.reduce((product, n) => product * n, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => i) };
}

/** A call of its own session. */
async function pool(
  backend: Backend,
  x: Tensor,
  { seed = 42, mode = "train", ...options }: Options & {
    seed?: number;
    mode?: Mode;
  },
): Promise<number[]> {
  using session = backend.session({ seed, mode });
  const inputs = { x: session.upload(x) };
  const { y } = session.run(s3, inputs, { options });
  return [...(await session.read(y)).data];
}

const identity: Options = { gridSize: [8], pool: "none" };
const test = backendTests("s3");

test("draws the worked example", async (backend) => {
  for (const mode of ["train", "infer"] as const) {
    const options: Options = { gridSize: 4, evalMode: "sample" };
    const y = await pool(backend, ramp(1, 1, 4, 4), { ...options, mode });
    assertEquals(y, [15, 15, 15, 15]);
    // Rows 2 and 3, columns 2 and 3.
    const none: Options = { ...options, pool: "none" };
    assertEquals(
      await pool(backend, ramp(1, 1, 4, 4), { ...none, mode }),
      [10, 11, 14, 15],
    );
  }
});

test("draws the interpreter's picks, others for others", async (backend) => {
  const x = ramp(1, 1, 24, 40);
  const seen = new Set<string>();
  for (const seed of [0, 7, 2 ** 32 - 1]) {
    const options: Options = { gridSize: 8, pool: "none" };
    const y = await pool(backend, x, { ...options, seed });
    assertEquals(y, await pool(interpreter(), x, { ...options, seed }));
    seen.add(y.join());
  }
  assertEquals(seen.size, 3);
});

test("draws anew in each call of a session", async (backend) => {
  using session = backend.session({ mode: "train" });
  const x = session.upload(ramp(1, 64));
  const run = async () => {
    const { y } = session.run(s3, { x }, { options: identity });
    return [...(await session.read(y)).data];
  };
  assertNotEquals(await run(), await run());
});

test("replays what it drew from given picks", async (backend) => {
  const x = ramp(2, 3, 12, 20);
  const options: Options = { gridSize: [6, 8], stride: 2, kernelSize: 3 };
  const none: Options = { ...options, pool: "none" };
  const drawn = await pool(backend, ramp(1, 12, 20), none);
  const rows = drawn.filter((_, i) => i % 10 === 0).map((at) => at / 20 | 0);
  const columns = drawn.slice(0, 10).map((at) => at % 20);
  const rowIndices = int32(rows);
  const colIndices = int32(columns);
  const sample = await pool(backend, x, options);
  for (const given of [{ rowIndices, colIndices }, { rowIndices }]) {
    assertEquals(await pool(backend, x, { ...options, ...given }), sample);
  }
  for (const mode of ["train", "infer"] as const) {
    const given = { rowIndices, colIndices, mode, seed: 1 };
    assertEquals(await pool(backend, x, { ...options, ...given }), sample);
  }
});

test("infers means whatever the seed", async (backend) => {
  for (const evalMode of ["average", "expectation"] as const) {
    const options = { ...identity, evalMode, mode: "infer" } as const;
    const [first, second] = await Promise.all(
      [1, 2].map((seed) => pool(backend, ramp(1, 64), { ...options, seed })),
    );
    assertEquals(first, second);
  }
});

/** All subsets of a size of a range of numbers, ascending. */
function subsets(from: number, to: number, size: number): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
    .flatMap((first) =>
      subsets(first + 1, to, size - 1).map((rest) => [first, ...rest])
    );
}

const remainders: [S3Options["remainder"], picks: number[][]][] = [
  // A grid of four, two picks, and one of three, one pick.
  [
    "partial",
    subsets(0, 4, 2).flatMap((a) => subsets(4, 7, 1).map((b) => [...a, ...b])),
  ],
  ["merge", subsets(0, 7, 2)],
];
for (const [remainder, ways] of remainders) {
  Deno.test(`s3 expects the mean of all samples of remainder ${remainder}`, async () => {
    using backend = interpreter();
    const x = {
      shape: [1, 7, 7],
      data: Float32Array.from({ length: 49 }, (_, i) => (i * 17) % 31),
    };
    const options: Options = { gridSize: 4, remainder };
    const sums: number[] = [];
    for (const rows of ways) {
      for (const columns of ways) {
        const sample = await pool(backend, x, {
          ...options,
          rowIndices: int32(rows),
          colIndices: int32(columns),
        });
        sample.forEach((y, i) => sums[i] = (sums[i] ?? 0) + y);
      }
    }
    const expected = await pool(backend, x, {
      ...options,
      evalMode: "expectation",
      mode: "infer",
    });
    assertEquals(expected.length, sums.length);
    expected.forEach((y, i) => {
      const mean = sums[i] / ways.length ** 2;
      assert(Math.abs(y - mean) < 1e-5, `${y} instead of ${mean}`);
    });
  });

  Deno.test(`s3 draws every sample of remainder ${remainder} as often`, async () => {
    using backend = interpreter();
    using session = backend.session({ mode: "train", seed: 3 });
    const x = session.upload(ramp(1, 7));
    const counts = new Map(ways.map((way) => [way.join(), 0]));
    const expected = 200;
    for (let call = 0; call < expected * ways.length; call++) {
      const options: Options = { gridSize: [4], pool: "none", remainder };
      const { y } = session.run(s3, { x }, { options });
      const way = (await session.read(y)).data.join();
      const count = counts.get(way);
      assert(count !== undefined, `${way} is no sample`);
      counts.set(way, count + 1);
    }
    const chiSquared = [...counts.values()]
      .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // What 17 or 20 degrees of freedom exceed once in a thousand times.
    const limit = remainder === "partial" ? 40.79 : 45.31;
    assert(chiSquared < limit, `χ² is ${chiSquared}`);
  });
}

for (const pool of ["max", "average", "none"] as const) {
  Deno.test(`s3 with grids as long as their stride expects the average of pool ${pool}`, async () => {
    using backend = interpreter();
    using session = backend.session();
    const data = Float32Array.from({ length: 48 }, (_, i) => (i * 29) % 47);
    const x = session.upload({ shape: [1, 6, 8], data });
    const means = await Promise.all(
      (["average", "expectation"] as const).map(async (evalMode) => {
        const options = { pool, evalMode };
        const { y } = session.run(s3, { x }, { options });
        return [...(await session.read(y)).data];
      }),
    );
    const [average, expected] = means;
    expected.forEach((y, i) => assert(Math.abs(y - average[i]) < 1e-5));
  });
}
