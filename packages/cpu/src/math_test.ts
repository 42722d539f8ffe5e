import { assert } from "@std/assert";
import { type Expression, slide, windowKernel } from "@rockpool/kernel";
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

/** The function of each number on the CPU backend. */
async function evaluate(
  formula: (x: Expression) => Expression,
  data: Float32Array,
): Promise<Float32Array> {
  const kernel = windowKernel(
    "f",
    ["x"],
    ({ x }, fold) => fold.max(formula(x)),
  );
  using backend = await cpu({ threads: 1 });
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
  formula: (x: Expression) => Expression;
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

for (const { name, formula, exact, ulp } of functions) {
  Deno.test(`${name} is at most ${ulp} ulp off over all of float32`, async () => {
    const data = floatsOfAllSizes(2 ** 18);
    const got = await evaluate(formula, data);
    let worst = { distance: 0, at: 0 };
    for (const [index, x] of data.entries()) {
      const distance = distanceInUlp(got[index], exact(x));
      if (distance > worst.distance) worst = { distance, at: x };
    }
    assert(
      worst.distance <= ulp,
      `${name}(${worst.at}) is ${worst.distance} ulp off`,
    );
  });
}

Deno.test("exp is at most 2 ulp off where results are neither 0 nor infinite", async () => {
  const data = Float32Array.from(
    { length: 2 ** 18 },
    (_, i) => -104 + (193 * i) / 2 ** 18,
  );
  const got = await evaluate((x) => x.exp(), data);
  const worst = data.reduce(
    (worst, x, index) =>
      Math.max(worst, distanceInUlp(got[index], Math.exp(x))),
    0,
  );
  assert(worst <= 2, `exp is ${worst} ulp off`);
});
