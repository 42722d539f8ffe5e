import { backendTests, float32 } from "@rockpool/conformance";
import type { Session, Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assert, assertEquals } from "@std/assert";
import { fractionalMax, type FractionalMaxOptions } from "../mod.ts";

type Options = Partial<FractionalMaxOptions>;

/** Numbers that count up: a window's greatest element tells where it ends. */
function ramp(...shape: number[]): Tensor<Float32Array> {
  const size = shape.reduce((product, length) => product * length, 1);
  const length = shape[shape.length - 1];
  return {
    shape,
    data: Float32Array.from({ length: size }, (_, i) => i % length),
  };
}

/** The output of a call in a session. */
async function pool(
  session: Session,
  x: Tensor,
  options: Options,
): Promise<Float32Array> {
  const inputs = { x: session.upload(x) };
  const { y } = session.run(fractionalMax, inputs, { options });
  return (await session.read(y)).data as Float32Array;
}

const shuffled: Options = {
  scheme: "random",
  overlapping: false,
  outputSize: [6],
};
backendTests("fractional-max")(
  "draws by seed, call and plane",
  async (backend, test) => {
    await test.step("a seed shuffles the worked example", async () => {
      using session = backend.session({ seed: 42 });
      const y = await pool(session, ramp(1, 10), shuffled);
      assertEquals([...y], [0, 1, 3, 5, 7, 9]);
    });
    await test.step("a seed draws the worked samples", async () => {
      using session = backend.session({ seed: 42 });
      const options = { kernelSize: 3, outputSize: 9 };
      const x = { shape: [1, 1, 40, 40], data: ramp(1600).data };
      const randomSamples = float32([[
        [0.4877888560295105, 0.7032832503318787],
      ]]);
      assertEquals(
        await pool(session, x, options),
        await pool(session, x, { ...options, randomSamples }),
      );
    });
    await test.step("each call draws anew, also to infer", async () => {
      using session = backend.session({ seed: 42 });
      const options = { ...shuffled, outputSize: [23] };
      const first = await pool(session, ramp(1, 40), options);
      const second = await pool(session, ramp(1, 40), options);
      assert(first.some((end, i) => end !== second[i]));
    });
    for (const scheme of ["pseudorandom", "random"] as const) {
      await test.step(`planes share windows by scheme ${scheme}, or not`, async () => {
        using session = backend.session({ seed: 1 });
        const options = { scheme, outputSize: [23] };
        const same = await pool(session, ramp(2, 40), options);
        assertEquals(same.subarray(0, 23), same.subarray(23));
        const apart = await pool(session, ramp(2, 40), {
          ...options,
          granularity: "plane",
        });
        const [one, other] = [apart.subarray(0, 23), apart.subarray(23)];
        assert(one.some((end, i) => end !== other[i]));
      });
    }
  },
);

/** How often the planes of a long batch are divided in each possible way. */
async function frequencies(length: number, options: Options) {
  using backend = interpreter();
  using session = backend.session({ seed: 7 });
  const planes = 3000;
  const y = await pool(session, ramp(planes, length), options);
  const windows = y.length / planes;
  const counts: Record<string, number> = {};
  for (let plane = 0; plane < planes; plane++) {
    const way = y.subarray(plane * windows, (plane + 1) * windows).join();
    counts[way] = (counts[way] ?? 0) + 1 / planes;
  }
  return { counts, planes };
}

const disjoint: Options = { overlapping: false, granularity: "plane" };
const drawn: [
  name: string,
  length: number,
  options: Options,
  probabilities: Record<string, number>,
][] = [
  // α = 3/2: the second window starts at 2 for a third of the samples.
  ["torch", 5, { kernelSize: [2], outputSize: [3] }, {
    "1,2,4": 2 / 3,
    "1,3,4": 1 / 3,
  }],
  // α = 5/3: each fifth of the samples gives one of these bounds in turn.
  ["pseudorandom", 5, {
    ...disjoint,
    scheme: "pseudorandom",
    outputSize: [3],
  }, { "0,2,4": 2 / 5, "1,2,4": 2 / 5, "1,3,4": 1 / 5 }],
  // Two steps of 2 among four windows.
  ["random", 6, { ...disjoint, scheme: "random", outputSize: [4] }, {
    "1,3,4,5": 1 / 6,
    "1,2,4,5": 1 / 6,
    "1,2,3,5": 1 / 6,
    "0,2,4,5": 1 / 6,
    "0,2,3,5": 1 / 6,
    "0,1,3,5": 1 / 6,
  }],
];
/** What χ² with 1 to 5 degrees of freedom exceeds once in a thousand times. */
const CHI_SQUARED = [10.83, 13.82, 16.27, 18.47, 20.52];
for (const [name, length, options, probabilities] of drawn) {
  Deno.test(`scheme ${name} places windows as often as it should`, async () => {
    const { counts, planes } = await frequencies(length, options);
    assertEquals(
      Object.keys(counts).sort(),
      Object.keys(probabilities).sort(),
    );
    let chiSquared = 0;
    for (const [way, probability] of Object.entries(probabilities)) {
      chiSquared += planes * (counts[way] - probability) ** 2 / probability;
    }
    const degrees = Object.keys(probabilities).length - 1;
    assert(chiSquared < CHI_SQUARED[degrees - 1], `χ² is ${chiSquared}`);
  });
}
