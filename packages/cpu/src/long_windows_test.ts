import { assert, assertEquals } from "@std/assert";
import type { Shape } from "@rockpool/core";
import {
  adaptiveTable,
  type Geometry,
  regions,
  slide,
  tables,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";
import {
  assertAgreement,
  type Case,
  evaluate,
  generator,
  kernels,
} from "./test_agreement.ts";

/** Kernels with what matters where a window is folded in parts. */
const folded: readonly WindowKernel[] = [
  ...kernels,
  windowKernel("moments", ["x"], ({ x }, fold) => {
    const mean = fold.mean(x);
    const excess = x.sub(mean);
    const variance = fold.mean(excess.mul(excess));
    return { y: mean.add(variance.sqrt()), least: fold.min(excess) };
  }),
  windowKernel("places", ["x"], ({ x }, fold) => ({
    y: fold.max(x).add(fold.min(x)),
    greatest: fold.argmax(x),
    least: fold.argmin(x),
    wholes: fold.sum(x.max(-9).asIndex()),
  })),
  windowKernel(
    "products",
    ["x", "z"],
    ({ x, z }, fold) => fold.mean(x.mul(z)).sub(fold.mean(x).mul(fold.mean(z))),
  ),
];

/** Kernels that only compare, so that NaN and infinities are the same everywhere. */
const comparing = folded.filter(({ name }) =>
  ["max-with-index", "least-and-where", "places"].includes(name)
);

/** Windows with many elements that follow each other in memory, and short ones. */
function* cases(count: number): Generator<Case> {
  const next = generator(4);
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(next() * list.length)];
  const upTo = (most: number) => 1 + Math.floor(next() * most);
  for (let index = 0; index < count; index++) {
    const axes = pick([1, 2, 2, 3]);
    const most = { 1: 97, 2: 37, 3: 11 }[axes]!;
    const spatial = axes === 2 && next() < 0.3
      ? [upTo(6), 60 + upTo(40)]
      : Array.from({ length: axes }, () => upTo(most));
    const [items, channels] = [pick([1, 2]), pick([1, 2, 5])];
    const shape: Shape = [items, channels, ...spatial];
    const each = <T>(make: (length: number) => T) => spatial.map(make);
    const groups = { call: 1, item: items, plane: items * channels };
    const makers: Record<string, () => Geometry> = {
      global: () => slide(shape, { axes, kernelSize: spatial }),
      "wider than high": () =>
        slide(shape, {
          axes,
          kernelSize: each((n) => n).with(0, upTo(spatial[0])),
          stride: each(() => upTo(9)),
        }),
      padded: () =>
        slide(shape, {
          axes,
          kernelSize: each((n) => Math.max(2, n + pick([-2, 0, 1]))),
          stride: each(() => upTo(12)),
          padding: each(() => [pick([0, 1]), pick([0, 1])] as const),
          ceilMode: pick([true, false]),
        }),
      dilated: () =>
        slide(shape, {
          axes,
          kernelSize: each((n) => Math.max(1, Math.floor((n + 1) / 2)))
            .with(-1, spatial.at(-1)!),
          dilation: each(() => 2).with(-1, 1),
          stride: 9,
        }),
      table: () => {
        const per = pick(["call", "item", "plane"] as const);
        return tables(shape, {
          per,
          tables: each((n) => adaptive(n, upTo(3), groups[per])),
        });
      },
      regions: () => {
        const corner = (from: number) =>
          spatial.toReversed().map((n) => (from + next() / 2) * n);
        const rois = Array.from(
          { length: 4 },
          () => [Math.floor(next() * items), ...corner(0), ...corner(0.5)],
        );
        return regions(shape, {
          shape: [4, 1 + 2 * axes],
          data: Float32Array.from(rois.flat()),
        }, { outputSize: each(() => upTo(2)) });
      },
    };
    /** Adaptive windows for each group, some of them shorter and some empty. */
    const adaptive = (length: number, windows: number, groups: number) => {
      const table = adaptiveTable(length, windows);
      const shorter = (count: number) =>
        next() < 0.1 ? 0 : Math.max(0, count - pick([0, 0, 0, 1]));
      const all = Array.from({ length: groups });
      return {
        starts: all.flatMap(() => [...Array.from(table.starts)]),
        counts: all.flatMap(() => Array.from(table.counts, shorter)),
      };
    };
    const kind = pick(Object.keys(makers));
    const odd = pick([true, false, false]);
    const kernel = pick(odd ? comparing : folded);
    let geometry: Geometry;
    try {
      geometry = makers[kind]();
    } catch (error) {
      if (error instanceof RangeError) continue;
      throw error;
    }
    const name =
      `${kernel.name} ${kind} [${shape}] → [${geometry.outputShape}]${
        odd ? " odd" : ""
      } #${index}`;
    yield { name, kernel, geometry, odd };
  }
}

Deno.test("cpu() agrees with the interpreter on long windows", async () => {
  await assertAgreement(cases(Number(Deno.env.get("CASES") ?? 300)));
});

Deno.test("threads do not change a bit of long windows", async () => {
  using one = await cpu({ threads: 1 });
  using two = await cpu({ threads: 2 });
  const shape = [3, 20, 33, 35];
  const halves = [33, 35].map((length) => adaptiveTable(length, 2));
  for (const kernel of folded) {
    for (
      const geometry of [
        slide(shape, { kernelSize: [33, 35] }),
        tables(shape, { tables: halves }),
      ]
    ) {
      const test = { name: kernel.name, kernel, geometry };
      const bits = (await evaluate(one, test)).map(({ data }) => data);
      const again = (await evaluate(two, test)).map(({ data }) => data);
      assertEquals(again, bits, kernel.name);
    }
  }
});

Deno.test("sums of long windows keep the digits of float32", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const mean = windowKernel("mean", ["x"], ({ x }, fold) => fold.mean(x));
  const size = 1 << 20;
  const data = Float32Array.from(
    { length: size },
    (_, index) => 1 + ((index * 7919) % 1024) / 1024,
  );
  const shape = [1, 1, 1 << 10, 1 << 10];
  const x = session.upload({ shape, data });
  const windows = slide(shape, { kernelSize: 1 << 10 });
  const { y } = session.window(mean, { values: { x } }, windows);
  const exact = data.reduce((sum, value) => sum + value, 0) / size;
  const [got] = (await session.read(y)).data;
  assert(Math.abs(got / exact - 1) < 2e-6, `${got} is not ${exact}`);
});

const places = windowKernel("places", ["x"], ({ x }, fold) => ({
  y: fold.max(x),
  greatest: fold.argmax(x),
  least: fold.argmin(x),
}));
const planes: [what: string, x: number[], y: number, at: number[]][] = [
  ["−∞ alone", Array(37).fill(-Infinity), -Infinity, [0, 0]],
  ["∞ alone", Array(37).fill(Infinity), Infinity, [0, 0]],
  ["NaN alone", Array(37).fill(NaN), NaN, [36, 36]],
  ["NaN and ∞", [...Array(36).fill(NaN), Infinity], NaN, [35, 35]],
  ["−∞ and one number", Array(37).fill(-Infinity).with(30, 1), 1, [30, 0]],
];
for (const [what, data, y, at] of planes) {
  Deno.test(`a long window of ${what} has its first extremes, or its last NaN`, async () => {
    using backend = await cpu({ threads: 1 });
    using session = backend.session();
    const shape = [1, 1, 37];
    const x = session.upload({ shape, data: Float32Array.from(data) });
    const windows = slide(shape, { axes: 1, kernelSize: 37 });
    const results = session.window(places, { values: { x } }, windows);
    const read = async (name: "y" | "greatest" | "least") =>
      (await session.read(results[name])).data[0];
    assertEquals(await read("y"), y);
    assertEquals([await read("greatest"), await read("least")], at);
  });
}

Deno.test("long windows that are empty have no extremes", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const shape = [1, 1, 64];
  const x = session.upload({ shape, data: new Float32Array(64) });
  const windows = tables(shape, {
    tables: [{ starts: [0, 64], counts: [64, 0] }],
  });
  const results = session.window(places, { values: { x } }, windows);
  const { y, greatest, least } = results;
  assertEquals([...(await session.read(y)).data], [0, -Infinity]);
  assertEquals([...(await session.read(greatest)).data], [0, -1]);
  assertEquals([...(await session.read(least)).data], [0, -1]);
});

Deno.test("all elements of a long window see the same extreme", async () => {
  const kernel = windowKernel("signs", ["x"], ({ x }, fold) => {
    // One zero of either sign is the greatest: 1 / 0 is ∞ or −∞, never both.
    return fold.sum(x.abs().add(1).div(fold.max(x)));
  });
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const shape = [1, 1, 64];
  const data = Float32Array.from({ length: 64 }, (_, i) => i % 3 ? 0 : -0);
  const x = session.upload({ shape, data });
  const windows = slide(shape, { axes: 1, kernelSize: 64 });
  const { y } = session.window(kernel, { values: { x } }, windows);
  const [sum] = (await session.read(y)).data;
  assertEquals(Math.abs(sum), Infinity);
});
