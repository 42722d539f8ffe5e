import {
  backendTests,
  float32,
  testCpu,
  testGpus,
  testInterpreter,
} from "@rockpool/conformance";
import type { GivenOptions, Session, Shape, Value } from "@rockpool/core";
import { interpreter, slide, windowKernel } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { dynamicOptimized, type DynamicOptimizedOptions } from "../mod.ts";

type Options = GivenOptions<DynamicOptimizedOptions>;

const shapes: [
  name: string,
  shape: Shape,
  options: Options,
  expected: Shape,
][] = [
  ["rounds a half up", [1, 5, 7], { r: 0.5 }, [1, 3, 4]],
  [
    "rounds a half to even",
    [1, 5, 7],
    { r: 0.5, rounding: "halfEven" },
    [1, 2, 4],
  ],
  ["has one cell at least", [1, 5, 7], { r: 0.001 }, [1, 1, 1]],
  ["has four times the input at most", [1, 5, 7], { alpha: 0.01 }, [1, 20, 28]],
  [
    "has as many as maxOutput at most",
    [1, 5, 7],
    { r: 1, maxOutput: [6, 3] },
    [1, 5, 3],
  ],
  ["has a ratio for each axis", [2, 3, 10, 10], { r: [0.2, 1.5] }, [
    2,
    3,
    2,
    15,
  ]],
  ["knows its axes by a list", [3, 1, 10], { alpha: [2.5] }, [3, 1, 4]],
  ["has three axes for rank 5", [1, 1, 2, 4, 6], {}, [1, 1, 1, 2, 3]],
  ["has channels last where they are", [2, 8, 6, 3], { layout: "NHWC" }, [
    2,
    4,
    3,
    3,
  ]],
  ["has sizes for an empty batch", [0, 3, 8, 6], {}, [0, 3, 4, 3]],
  // 10 · float32(0.35) is 3.4999999…, in float32 it would be 3.5.
  ["rounds in double precision", [1, 10], { r: 0.35 }, [1, 3]],
  // 9 / 6 is 1.5, 9 · (1 / 6) need not be.
  ["divides by α", [1, 9], { alpha: 6 }, [1, 2]],
];
for (const [name, shape, options, expected] of shapes) {
  Deno.test(`dynamic-optimized ${name}`, () => {
    using session = interpreter().session();
    const { y } = session.run(dynamicOptimized, { x: session.empty(shape) }, {
      options,
    });
    assertEquals(y.shape, expected);
  });
}

const ratio = (session: Session, ...numbers: number[]) =>
  session.upload(float32(numbers));
const refused: [
  message: string,
  kind: typeof TypeError,
  options: Options,
  weights?: Readonly<Record<string, readonly number[]>>,
][] = [
  ["with r 0.5 and alpha 2: one of them", TypeError, { r: 0.5, alpha: 2 }],
  ["Option r is [1,1,1]", TypeError, { r: [1, 1, 1], axes: 2 }],
  ["rank 4", TypeError, { alpha: [2], maxOutput: 3 }],
  ["Option initialSize is [1]", TypeError, { initialSize: [1], axes: 2 }],
  ["Option r is 0", RangeError, { r: 0 }],
  ["Option alpha is Infinity", RangeError, { alpha: Infinity }],
  ["Option maxOutput is 0", RangeError, { maxOutput: 0 }],
  ["Option gmacWeight is -1", RangeError, { gmacWeight: -1 }],
  ["height 6: weight r holds 0", RangeError, { r: 1e-50 }],
  ['weight "alpha" holds -1', RangeError, {}, { alpha: [1, -1] }],
  ['weight "alpha" holds NaN', RangeError, {}, { alpha: [NaN, 1] }],
  ["width 7: weight alpha holds Infinity", RangeError, {}, {
    alpha: [1, Infinity],
  }],
  [
    'weight "alpha" has shape 1, 2 is needed',
    RangeError,
    {},
    { alpha: [1] },
  ],
  ['no weight "r"', TypeError, {}, { r: [1, 1] }],
  ['no weight "delta"', TypeError, {}, { delta: [1, 1] }],
  ['weight "delta" holds -0.5', RangeError, { delta: "learned" }, {
    delta: [1, -0.5],
  }],
  ['weight "delta" holds NaN', RangeError, { delta: "learned" }, {
    delta: [1, NaN],
  }],
];
for (const [message, kind, options, weights = {}] of refused) {
  Deno.test(`dynamic-optimized refuses: ${message}`, () => {
    using session = interpreter().session();
    const x = session.empty([1, 1, 6, 7]);
    const given = Object.fromEntries(
      Object.entries(weights)
        .map(([name, numbers]) => [name, ratio(session, ...numbers)]),
    );
    assertThrows(
      () => session.run(dynamicOptimized, { x }, { options, weights: given }),
      kind,
      message,
    );
  });
}

const doubled = windowKernel(
  "doubled",
  ["x"],
  ({ x }, fold) => fold.sum(x).mul(2),
);

/** Runs with a weight that the session computed. */
function withComputed(session: Session, weight: "alpha" | "delta") {
  const one = session.upload(float32([[[1]]]));
  const single = slide(one.shape, { kernelSize: 1, axes: 1 });
  const { y: two } = session.window(doubled, { values: { x: one } }, single);
  const x = session.upload(float32([[1, 2, 3, 4]]));
  const run = (value: Value): Value =>
    session.run(dynamicOptimized, { x }, {
      options: { axes: 1, delta: "learned" },
      weights: { [weight]: value },
    }).y;
  return { two, run };
}

for (const weight of ["alpha", "delta"] as const) {
  const here = backendTests("dynamic-optimized", [testInterpreter, testCpu]);
  here(`takes ${weight} where it was computed`, (backend) => {
    using session = backend.session({ mode: "train" });
    const { two, run } = withComputed(session, weight);
    assertEquals(run(session.reshape(two, [1])).shape, [1, 2]);
  });

  const onGpu = backendTests("dynamic-optimized", testGpus);
  onGpu(`refuses ${weight} where it was computed`, async (backend) => {
    using session = backend.session({ mode: "train" });
    const { two, run } = withComputed(session, weight);
    assertThrows(
      () => run(session.reshape(two, [1])),
      TypeError,
      `weight "${weight}" are on the GPU`,
    );
    const { data } = await session.read(two);
    assertEquals(run(session.upload({ shape: [1], data })).shape, [1, 2]);
  });
}
