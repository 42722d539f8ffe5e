import {
  backendTests,
  checkExamples,
  conform,
  float32,
  type InputGenerator,
  int32,
  makeTensor,
  randomBelow,
} from "@rockpool/conformance";
import { planesOf, volume } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { max } from "./max.ts";
import { maxUnpool, type MaxUnpoolOptions } from "./unpool.ts";

const winners = {
  x: float32([[[6, 8], [14, 16]]]),
  indices: int32([[[5, 7], [13, 15]]]),
};

checkExamples(maxUnpool, [
  {
    name: "values go where indices say, zeros elsewhere",
    inputs: winners,
    options: { kernelSize: 2 },
    outputs: {
      y: float32([[
        [0, 0, 0, 0],
        [0, 6, 0, 8],
        [0, 0, 0, 0],
        [0, 14, 0, 16],
      ]]),
    },
    gradOutput: float32([[
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, 12],
      [13, 14, 15, 16],
    ]]),
    gradients: { x: float32([[[6, 8], [14, 16]]]) },
  },
  {
    name: "the later of two values at one place wins, both have its gradient",
    inputs: { x: float32([[7, 9]]), indices: int32([[1, 1]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[0, 9, 0, 0]]) },
    gradOutput: float32([[1, 2, 3, 4]]),
    gradients: { x: float32([[2, 2]]) },
  },
  {
    name: "an index of −1 places nothing and has no gradient",
    inputs: { x: float32([[7, 9]]), indices: int32([[-1, 2]]) },
    options: { kernelSize: [2] },
    outputs: { y: float32([[0, 0, 9, 0]]) },
    gradients: { x: float32([[0, 1]]) },
  },
]);

const sizes: [
  what: string,
  x: number[],
  options: Partial<MaxUnpoolOptions>,
  output: number[],
][] = [
  ["grows by the stride", [1, 1, 2, 3], { kernelSize: 2 }, [1, 1, 4, 6]],
  ["takes the padding off", [1, 1, 2, 2], { kernelSize: 3, padding: 1 }, [
    1,
    1,
    4,
    4,
  ]],
  ["is as large as it is told", [1, 1, 2, 2], {
    kernelSize: 2,
    outputSize: [5, 3],
  }, [1, 1, 5, 3]],
  ["takes the last lengths of a whole shape", [1, 1, 2, 2], {
    kernelSize: 2,
    outputSize: [1, 1, 5, 4],
  }, [1, 1, 5, 4]],
];
const DEFAULTS: Omit<MaxUnpoolOptions, "kernelSize"> = {
  stride: null,
  padding: 0,
  outputSize: null,
  layout: "NCHW",
  axes: null,
};
for (const [what, x, options, output] of sizes) {
  Deno.test(`max-unpool ${what}`, () => {
    const all = { ...DEFAULTS, kernelSize: 2, ...options };
    assertEquals(maxUnpool.shape({ x, indices: x }, all), output);
  });
}

const refused: [
  what: string,
  indices: number[],
  options: Partial<MaxUnpoolOptions>,
  message: string,
][] = [
  ["an index behind its plane", [0, 4], {}, "invalid max index 4, −1 to 3"],
  ["an index below −1", [0, -2], {}, "invalid max index -2"],
  [
    "an output a stride too large",
    [0, 1],
    { outputSize: [6] },
    "Cannot unpool to width 6: kernelSize, stride and padding allow 3 to 5",
  ],
  [
    "an output a stride too small",
    [0, 1],
    { outputSize: [2] },
    "Cannot unpool to width 2",
  ],
  ["padding over half a window", [0, 1], { padding: [2] }, "at most 1"],
  [
    "as many indices in another shape",
    [0],
    {},
    "Cannot unpool values of shape 1×2 with indices of shape 1×1",
  ],
];
const test = backendTests("max-unpool");

for (const [what, indices, options, message] of refused) {
  test(`refuses ${what}`, (backend) => {
    using session = backend.session();
    const inputs = {
      x: session.upload(float32([[7, 9]])),
      indices: session.upload(int32([indices])),
    };
    assertThrows(
      () =>
        session.run(maxUnpool, inputs, {
          options: { kernelSize: [2], ...options },
        }),
      RangeError,
      message,
    );
  });
}

test("undoes max", async (backend) => {
  using session = backend.session();
  const x = session.upload(float32([[[1, 5, 2], [0, 3, 4], [8, 6, 7]]]));
  const options = { kernelSize: 2, ceilMode: true, returnIndices: true };
  const { y, indices } = session.run(max, { x }, { options });
  const unpooled = session.run(maxUnpool, { x: y, indices: indices! }, {
    options: { kernelSize: 2, outputSize: 3 },
  });
  assertEquals(
    await session.read(unpooled.y),
    float32([[[0, 5, 0], [0, 0, 4], [8, 0, 7]]]),
  );
});

test("undoes max of rows and windows that fill them", async (backend) => {
  using session = backend.session({ mode: "train" });
  const shape = [2, 3, 6, 10];
  const data = Float32Array.from({ length: 360 }, (_, i) => Math.sin(i * i));
  const x = session.upload({ shape, data });
  const options = { kernelSize: 2, returnIndices: true };
  const pooled = session.run(max, { x }, { options });
  const indices = pooled.indices!;
  const { y } = session.run(maxUnpool, { x: pooled.y, indices }, {
    options: { kernelSize: 2 },
  });
  const [gradient] = session.grad(y, x, [pooled.y]);
  const values = await session.read(pooled.y);
  const places = (await session.read(indices)).data;
  const expected = new Float32Array(data.length);
  for (const [i, place] of places.entries()) {
    expected[60 * Math.floor(i / 15) + place] = values.data[i];
  }
  assertEquals(await session.read(y), { shape, data: expected });
  assertEquals(await session.read(gradient), values);
});

/**
 * Places in the output's plane: for ties any, some of them twice or none; else
 * each a place of its own, since an overwritten value has a gradient although
 * nothing depends on it.
 */
const placed: InputGenerator = ({ shape, options, data: kind, random }) => {
  const known = options as unknown as MaxUnpoolOptions;
  const output = maxUnpool.shape({ x: shape, indices: shape }, known);
  const { axes, layout } = known;
  const plane = volume(planesOf(output, { axes: axes ?? 2, layout }).input);
  const { input, channels } = planesOf(shape, { axes: axes ?? 2, layout });
  const values = volume(input);
  if (values > plane) throw new RangeError("More values than places");
  const x = makeTensor(shape, { random, kind });
  const indices = Int32Array.from(x.data, (_, index) => {
    if (kind === "ties") return randomBelow(random, plane + 1) - 1;
    const value = layout === "NCHW" ? index : Math.floor(index / channels);
    return plane - 1 - (value % values) * Math.floor(plane / values);
  });
  return { x, indices: { shape, data: indices } };
};

conform(maxUnpool, {
  inputs: placed,
  tolerance: { rtol: 0, atol: 0 },
});
