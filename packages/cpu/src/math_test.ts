import { assert } from "@std/assert";
import {
  type Expression,
  type Fold,
  select,
  slide,
  windowKernel,
} from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

/** Numbers whose bits are evenly spread over all of float32, specials too. */
function floatsOfAllSizes(count: number): Float32Array<ArrayBuffer> {
  const step = Math.floor(2 ** 32 / count) | 1;
  const bits = Uint32Array.from({ length: count }, (_, i) => i * step);
  const specials = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    2 ** -149,
    2 ** -126,
  ];
  const values = new Float32Array(bits.buffer);
  values.set(specials);
  return values;
}

/** A function of elements, each the only one of its window. */
type Formula = (x: Expression, fold: Fold) => Expression;

/** The function of each number on the CPU backend. */
async function evaluate(
  formula: Formula,
  { data, fused }: { data: Float32Array; fused: boolean },
): Promise<Float32Array> {
  const kernel = windowKernel(
    "f",
    ["x"],
    ({ x }, fold) => fold.max(formula(x, fold)),
  );
  using backend = await cpu({ threads: 1, fusedMultiplyAdd: fused });
  using session = backend.session();
  const x = session.upload({ shape: [1, 1, data.length], data });
  const windows = slide(x.shape, { axes: 1, kernelSize: 1 });
  const { y } = session.window(kernel, { values: { x } }, windows);
  return (await session.read(y)).data as Float32Array;
}

/** How many float32 numbers lie between a result and the exact value. */
function distanceInUlp(got: number, exact: number): number {
  const nearest = Math.fround(exact);
  if (Object.is(got, nearest) || got === nearest) return 0;
  if (Number.isNaN(exact)) return Number.isNaN(got) ? 0 : Infinity;
  if (!Number.isFinite(nearest) || !Number.isFinite(got)) return Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(got - exact) / 2 ** (exponent - 23);
}

const functions: readonly {
  name: string;
  formula: Formula;
  exact: (x: number) => number;
  /** The largest distance that is allowed, in units in the last place. */
  ulp: number;
}[] = [
  { name: "exp", formula: (x) => x.exp(), exact: Math.exp, ulp: 2 },
  { name: "log", formula: (x) => x.log(), exact: Math.log, ulp: 2 },
  { name: "sqrt", formula: (x) => x.sqrt(), exact: Math.sqrt, ulp: 1 },
  { name: "sign", formula: (x) => x.sign(), exact: Math.sign, ulp: 0 },
  { name: "floor", formula: (x) => x.floor(), exact: Math.floor, ulp: 0 },
];

/** The greatest distance of results from exact values, and where it is. */
async function worstOf(
  formula: Formula,
  exact: (x: number) => number,
  options: { data: Float32Array; fused: boolean },
): Promise<{ distance: number; at: number }> {
  const got = await evaluate(formula, options);
  let worst = { distance: 0, at: 0 };
  for (const [index, x] of options.data.entries()) {
    const distance = distanceInUlp(got[index], exact(x));
    if (distance > worst.distance) worst = { distance, at: x };
  }
  return worst;
}

/**
 * Powers whose exponentials are furthest off of all float32, by up to 1.971 ulp
 * without fused multiply-add, and 1.956 with it.
 */
const WORST = [
  -70.404625,
  -26.737762,
  -26.73997,
  5.83651257,
  16.929457,
  59.904045,
];

/** Powers all the way from one to another, and all next to the worst ones. */
function powersBetween(from: number, to: number): Float32Array<ArrayBuffer> {
  const [count, near] = [2 ** 18, 2 ** 14];
  const all = new Float32Array(count + near * WORST.length);
  const bits = new Uint32Array(all.buffer);
  for (let i = 0; i < count; i++) all[i] = from + ((to - from) * i) / count;
  WORST.forEach((power, index) => {
    const start = count + near * index;
    all[start] = power;
    const first = bits[start] - near / 2;
    for (let i = 0; i < near; i++) bits[start + i] = first + i;
  });
  return all.filter((power) => from <= power && power <= to);
}

/** Exponentials as kernels compute them, by what is known of the power. */
const exponentials: readonly {
  known: string;
  formula: Formula;
  from: number;
  to: number;
}[] = [
  { known: "any power", formula: (x) => x.exp(), from: -104, to: 89 },
  {
    known: "a power within bounds",
    formula: (x) => x.max(-87).min(87).exp(),
    from: -87,
    to: 87,
  },
  {
    known: "a power that is small as usual",
    formula(x, fold) {
      const isSmall = fold.max(x.abs()).le(32).likely();
      return select(isSmall, x, 0).max(-32).min(32).exp();
    },
    from: -32,
    to: 32,
  },
  {
    known: "a power that is as usual, and may be large",
    formula(x, fold) {
      const isUsual = fold.max(x.abs()).le(100).likely();
      return select(isUsual, x, 0).max(-100).min(100).exp();
    },
    from: -100,
    to: 88,
  },
];

for (const fused of [false, true]) {
  const how = fused ? "with" : "without";
  for (const { name, formula, exact, ulp } of functions) {
    Deno.test(`${name} is at most ${ulp} ulp off over all of float32 ${how} fused multiply-add`, async () => {
      const data = floatsOfAllSizes(2 ** 18);
      const { distance, at } = await worstOf(formula, exact, { data, fused });
      assert(distance <= ulp, `${name}(${at}) is ${distance} ulp off`);
    });
  }

  for (const { known, formula, from, to } of exponentials) {
    Deno.test(`exp of ${known} is at most 2 ulp off ${how} fused multiply-add`, async () => {
      const data = powersBetween(from, to);
      const { distance, at } = await worstOf(formula, Math.exp, {
        data,
        fused,
      });
      assert(distance <= 2, `exp(${at}) is ${distance} ulp off`);
    });
  }
}
