import { backendTests, compare } from "@rockpool/conformance";
import type { GivenOptions, Layout, Tensor } from "@rockpool/core";
import { assertEquals } from "@std/assert";
import { dynamicOptimized, type DynamicOptimizedOptions } from "../mod.ts";

/** All that the definition reads. */
interface Given {
  /** Items, spatial lengths and channels. */
  readonly items: number;
  readonly spatial: readonly number[];
  readonly channels: number;
  readonly layout: Layout;
  readonly weight: "r" | "alpha";
  /** The numbers of that weight, and those of δ unless it is tied. */
  readonly numbers: readonly number[];
  readonly delta?: readonly number[];
  readonly aggregation: "max" | "average";
  readonly maxOutput?: readonly number[];
  readonly x: Float32Array;
  /** What arrives at an output. */
  readonly dy: (index: number) => number;
}

/** One of a cell's queries along one axis. */
interface Query {
  readonly side: number;
  /** The elements below and above, and their shares. */
  readonly at: readonly [number, number];
  readonly shares: readonly [number, number];
  /** ∂(shares)/∂position is [−1, 1], or nothing where it is clamped. */
  readonly moves: boolean;
  /** ∂position/∂o. */
  readonly bySize: number;
}

function sizesOf({ spatial, weight, numbers, maxOutput }: Given): number[] {
  return spatial.map((n, a) => {
    const r = weight === "r" ? numbers[a] : 1 / numbers[a];
    const o = Math.max(1, Math.floor(n * r + 0.5));
    return Math.min(o, maxOutput?.[a] ?? 4 * n);
  });
}

/** Along one axis, with as few roundings as it goes. */
function queryOf(
  n: number,
  o: number,
  { i, side, delta }: { i: number; side: number; delta?: number },
): Query {
  const place = delta === undefined
    ? ((4 * i + 2 + side) * n - 2 * o) / (4 * o)
    : ((2 * i + 1) * n - o) / (2 * o) + side * delta;
  const clamped = Math.max(0, Math.min(place, n - 1));
  const low = Math.min(Math.floor(clamped), Math.max(n - 2, 0));
  const f = clamped - low;
  const quarter = delta === undefined ? side / 4 : 0;
  return {
    side,
    at: [low, Math.min(low + 1, n - 1)],
    shares: [1 - f, f],
    moves: place >= 0 && place <= n - 1,
    bySize: -(i + 0.5 + quarter) * (n / o) / o,
  };
}

/** Every way to choose one of each. */
function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (all, list) => all.flatMap((some) => list.map((one) => [...some, one])),
    [[]],
  );
}

/** y and its gradients, written down from the definition for any rank. */
function byDefinition(given: Given) {
  const { items, spatial, channels, layout, numbers, delta, x } = given;
  const sizes = sizesOf(given);
  const indexOf =
    (lengths: readonly number[]) =>
    (item: number, channel: number, at: readonly number[]) => {
      const plane = lengths.reduce((n, length) => n * length, 1);
      const inside = at.reduce((index, i, a) => index * lengths[a] + i, 0);
      return layout === "NCHW"
        ? (item * channels + channel) * plane + inside
        : (item * plane + inside) * channels + channel;
    };
  const [input, output] = [indexOf(spatial), indexOf(sizes)];
  const y = new Float64Array(
    sizes.reduce((n, o) => n * o, items * channels),
  );
  const gradientOfX = new Float64Array(x.length);
  const gradientOfWeight = spatial.map(() => 0);
  const gradientOfDelta = spatial.map(() => 0);
  const cells = product(
    sizes.map((o) => Array.from({ length: o }, (_, i) => i)),
  );
  for (let item = 0; item < items; item++) {
    for (let channel = 0; channel < channels; channel++) {
      for (const cell of cells) {
        const queries = product(
          spatial.map((n, a) =>
            [-1, 1].map((side) =>
              queryOf(n, sizes[a], { i: cell[a], side, delta: delta?.[a] })
            )
          ),
        );
        const corners = product(spatial.map(() => [0, 1]));
        const element = (query: Query[], corner: number[]) =>
          input(item, channel, corner.map((bit, a) => query[a].at[bit]));
        const values = queries.map((query) =>
          corners.reduce(
            (sum, corner) =>
              sum +
              corner.reduce((w, bit, a) => w * query[a].shares[bit], 1) *
                x[element(query, corner)],
            0,
          )
        );
        const index = output(item, channel, cell);
        const isMax = given.aggregation === "max";
        const winner = values.indexOf(Math.max(...values));
        y[index] = isMax
          ? values[winner]
          : values.reduce((sum, value) => sum + value) / values.length;
        for (const [q, query] of queries.entries()) {
          const share = isMax ? Number(q === winner) : 1 / queries.length;
          const g = given.dy(index) * share;
          for (const corner of corners) {
            const at = element(query, corner);
            gradientOfX[at] += corner.reduce(
              (w, bit, a) => w * query[a].shares[bit],
              g,
            );
            for (const [a, { moves, side, bySize }] of query.entries()) {
              if (!moves) continue;
              const v = corner.reduce(
                (w, bit, b) =>
                  w * (b === a ? 2 * bit - 1 : query[b].shares[bit]),
                g * x[at],
              );
              gradientOfDelta[a] += v * side;
              gradientOfWeight[a] += v * bySize;
            }
          }
        }
      }
    }
  }
  for (const [a, n] of spatial.entries()) {
    const r = given.weight === "r" ? numbers[a] : 1 / numbers[a];
    const isClamped = sizes[a] !== Math.floor(n * r + 0.5);
    gradientOfWeight[a] *= isClamped
      ? 0
      : n * (given.weight === "r" ? 1 : -r * r);
  }
  return { sizes, y, gradientOfX, gradientOfWeight, gradientOfDelta };
}

/** Numbers in [0, 1) in no order, the same ones each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

function cases(): Given[] {
  const random = randomNumbers(7);
  const below = (n: number) => Math.floor(random() * n);
  return Array.from({ length: 60 }, (_, trial): Given => {
    const axes = 1 + trial % 3;
    const longest = [40, 13, 6][axes - 1];
    const spatial = Array.from({ length: axes }, () => 1 + below(longest));
    const isRatio = below(2) === 0;
    // From a fifth of the length to the double of it.
    const numbers = spatial.map(() => Math.fround(0.2 + 1.8 * random()))
      .map((r) => isRatio ? r : Math.fround(1 / r));
    const layout = below(2) === 0 ? "NCHW" : "NHWC";
    const [items, channels] = [1 + below(2), 1 + below(6)];
    const size = spatial.reduce((n, length) => n * length, items * channels);
    const x = Float32Array.from({ length: size }, () => 4 * random() - 2);
    return {
      items,
      spatial,
      channels,
      layout,
      weight: isRatio ? "r" : "alpha",
      numbers,
      delta: below(2) === 0
        ? undefined
        : spatial.map(() => Math.fround(2 * random())),
      aggregation: below(3) === 0 ? "average" : "max",
      maxOutput: below(4) === 0
        ? spatial.map((n) => 1 + below(2 * n))
        : undefined,
      x,
      dy: (index) => Math.fround(Math.sin(index * index + 1)),
    };
  });
}

function describe(given: Given): string {
  const { items, spatial, channels, layout, weight, numbers } = given;
  return [
    `${items} items of ${
      spatial.join("×")
    } with ${channels} channels ${layout}`,
    `${weight} ${numbers.map((x) => x.toFixed(3))}`,
    given.delta ? `δ ${given.delta.map((x) => x.toFixed(3))}` : "δ tied",
    given.aggregation,
    given.maxOutput ? `at most ${given.maxOutput.join("×")}` : "",
  ].filter((text) => text !== "").join(", ");
}

backendTests("dynamic-optimized")(
  "gives what the definition does",
  async (backend, test) => {
    for (const given of cases()) {
      await test.step(describe(given), async () => {
        const { items, spatial, channels, layout, weight, delta } = given;
        const options: GivenOptions<DynamicOptimizedOptions> = {
          [weight]: 1,
          delta: delta ? "learned" : "tied",
          aggregation: given.aggregation,
          maxOutput: given.maxOutput ?? null,
          layout,
          axes: spatial.length,
        };
        const shapeWith = (spatial: readonly number[]) =>
          layout === "NCHW"
            ? [items, channels, ...spatial]
            : [items, ...spatial, channels];
        const vector = (numbers: readonly number[]): Tensor => ({
          shape: [spatial.length],
          data: Float32Array.from(numbers),
        });
        using session = backend.session({ mode: "train" });
        const x = session.upload({
          shape: shapeWith(spatial),
          data: given.x,
        });
        const weights = {
          [weight]: session.upload(vector(given.numbers)),
          ...(delta ? { delta: session.upload(vector(delta)) } : {}),
        };
        const { y } = session.run(dynamicOptimized, { x }, {
          options,
          weights,
        });
        const want = byDefinition(given);
        const shape = shapeWith(want.sizes);
        assertEquals(y.shape, shape);
        const dy = session.upload({
          shape,
          data: Float32Array.from(want.y, (_, index) => given.dy(index)),
        });
        const of = [x, ...Object.values(weights)];
        const gradients = session.grad(y, dy, of);
        const expected = [
          { shape, data: want.y },
          { shape: x.shape, data: want.gradientOfX },
          vector(want.gradientOfWeight),
          ...(delta ? [vector(want.gradientOfDelta)] : []),
        ];
        for (const [index, value] of [y, ...gradients].entries()) {
          const { shape, data } = expected[index];
          const { fault } = compare(await session.read(value), {
            shape,
            data: Float32Array.from(data),
          }, { rtol: 1e-5, atol: index < 2 ? 1e-6 : 1e-4 });
          if (fault) throw new Error(`tensor ${index}: ${fault}`);
        }
      });
    }
  },
);
