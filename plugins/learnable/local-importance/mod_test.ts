import {
  type Backend,
  type GivenOptions,
  makePool,
  type Shape,
  validateOptions,
} from "@rockpool/core";
import {
  backendTests,
  checkExamples,
  compare,
  conform,
  type ConformanceCase,
  float32,
} from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { localImportance, type LocalImportanceOptions } from "./mod.ts";

const INF = Infinity;
const x = float32([[[1, 2], [3, 4]]]);
const all = { kernelSize: 2, padding: 0 };
const row = { kernelSize: [2], stride: null, padding: 0 };

checkExamples(localImportance, [
  {
    name: "logits ln x weight elements by themselves",
    inputs: {
      x,
      logit: float32([[[1, 2], [3, 4]].map((r) => r.map(Math.log))]),
    },
    options: all,
    outputs: { y: float32([[[3]]]) },
    gradients: {
      x: float32([[[.1, .2], [.3, .4]]]),
      logit: float32([[[-.2, -.2], [0, .4]]]),
    },
  },
  {
    name: "equal logits give the mean of what is inside",
    inputs: { x, logit: float32([[[0, 0], [0, 0]]]) },
    options: {},
    outputs: { y: float32([[[2.5]]]) },
    gradients: {
      x: float32([[[.25, .25], [.25, .25]]]),
      logit: float32([[[-.375, -.125], [.125, .375]]]),
    },
  },
  {
    name: "logits x are soft pooling",
    inputs: { x, logit: x },
    options: all,
    outputs: { y: float32([[[3.4926527]]]) },
    gradients: {
      x: float32([[[.0320586, .0871443], [.2368828, .6439143]]]),
      logit: float32([[[-.0799110, -.1300762], [-.1167009, .3266881]]]),
    },
  },
  {
    name: "logits 100 x approach the maximum",
    inputs: { x, logit: float32([[[100, 200], [300, 400]]]) },
    options: all,
    outputs: { y: float32([[[4]]]) },
    gradients: {
      x: float32([[[0, 0], [0, 1]]]),
      logit: float32([[[0, 0], [0, 0]]]),
    },
  },
  {
    name: "logits in the hundreds neither overflow nor vanish",
    inputs: {
      x: float32([[1, 3, 1, 3, 1, 3]]),
      logit: float32([[500, 500, -500, -500, 300, -300]]),
    },
    options: row,
    outputs: { y: float32([[2, 2, 1]]) },
  },
  {
    name: "padding has no weight",
    inputs: { x: float32([[2, 5]]), logit: float32([[-9, 7]]) },
    options: { ...row, padding: [1] },
    outputs: { y: float32([[2, 5]]) },
    gradients: { x: float32([[1, 1]]), logit: float32([[0, 0]]) },
  },
  {
    name: "a logit of +∞ takes all, several share it evenly",
    inputs: {
      x: float32([[1, 2, 4, 8]]),
      logit: float32([[0, INF, INF, -INF]]),
    },
    options: { ...row, kernelSize: [4] },
    outputs: { y: float32([[3]]) },
    gradients: {
      x: float32([[0, .5, .5, 0]]),
      logit: float32([[0, -.5, .5, 0]]),
    },
  },
  {
    name: "a logit of −∞ skips even infinite elements",
    inputs: {
      x: float32([[INF, 3, -INF, 3]]),
      logit: float32([[-INF, 0, -INF, -4]]),
    },
    options: row,
    outputs: { y: float32([[3, 3]]) },
    gradients: {
      x: float32([[0, 1, 0, 1]]),
      logit: float32([[0, 0, 0, 0]]),
    },
  },
  {
    name: "nothing but −∞ gives the mean",
    inputs: { x: float32([[1, 3]]), logit: float32([[-INF, -INF]]) },
    options: row,
    outputs: { y: float32([[2]]) },
    gradients: { x: float32([[.5, .5]]), logit: float32([[-.5, .5]]) },
  },
  {
    name: "an infinite output has no gradient of its logits",
    inputs: {
      x: float32([[INF, 1, -INF, -INF]]),
      logit: float32([[0, 0, 0, Math.log(3)]]),
    },
    options: row,
    outputs: { y: float32([[INF, -INF]]) },
    gradients: {
      x: float32([[.5, .5, .25, .75]]),
      logit: float32([[0, 0, 0, 0]]),
    },
  },
  {
    name: "∞ and −∞ give NaN, as NaN does in either input, whatever its weight",
    inputs: {
      x: float32([[INF, -INF, 1, 2, NaN, 2]]),
      logit: float32([[0, 0, 0, NaN, -INF, 0]]),
    },
    options: row,
    outputs: { y: float32([[NaN, NaN, NaN]]) },
  },
  {
    name: "one channel of logits is for all",
    inputs: {
      x: float32([[1, 3], [2, 8]]),
      logit: float32([[0, Math.log(3)]]),
    },
    options: row,
    outputs: { y: float32([[2.5], [6.5]]) },
    gradients: {
      x: float32([[.25, .75], [.25, .75]]),
      logit: float32([[-1.5, 1.5]]),
    },
  },
  {
    name: "one channel of logits is for all, channels last",
    inputs: {
      x: float32([[[1, 2], [3, 8]], [[1, 2], [3, 8]]]),
      logit: float32([[[0], [Math.log(3)]], [[0], [0]]]),
    },
    options: { ...row, layout: "NHWC" },
    outputs: { y: float32([[[2.5, 6.5]], [[2, 5]]]) },
    gradients: { logit: float32([[[-1.5], [1.5]], [[-2], [2]]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

/** Small networks of every kind, with one to three axes and both layouts. */
const networks: ConformanceCase[] = [
  // Few weights near 0 leave little variance, which eps makes up for.
  { logit: "simplified", logitKernelSize: 1, eps: 0.1 },
  { logit: "simplified", logitKernelSize: 3 },
  { logit: "simplified", logitKernelSize: 5 },
  { logit: "bottleneck", bottleneckWidth: 4 },
].flatMap((network) =>
  (["NCHW", "NHWC"] as const).flatMap((layout) =>
    [[7], [4, 6], [3, 2, 4]].map((spatial) => ({
      options: { ...network, layout, axes: spatial.length },
      shape: layout === "NCHW" ? [2, 3, ...spatial] : [2, ...spatial, 3],
    }))
  )
);

conform(localImportance, {
  cases: networks,
  skip: {
    finiteDifferences: {
      where: ({ options }) => options.logit === "bottleneck",
      reason: "its ReLUs bend within a step of float32, see logits_test.ts",
    },
    extremes: {
      where: ({ options }) => Number(options.coefficient) >= 1000,
      reason: "logits of 1000 are rounded by 6e-5, and so are their weights",
    },
  },
});

const test = backendTests("local-importance");

for (const logit of ["simplified", "bottleneck"] as const) {
  const pool = (backend: Backend) =>
    makePool(localImportance, {
      backend,
      options: { logit, bottleneckWidth: 4 },
    });
  const data = Float32Array.from({ length: 24 }, (_, index) => index + 1);
  const plane = { shape: [1, 1, 4, 6], data };

  test(`gives the mean before training, ${logit}`, async (backend) => {
    const y = await pool(backend)(plane);
    // Of 2 × 2 or 2 × 3 elements in the first row, 3 × 2 or 3 × 3 below.
    const mean = float32([[[[4.5, 6, 8], [13.5, 15, 17]]]]);
    assertEquals(compare(y, mean, { rtol: 1e-6, atol: 0 }).fault, undefined);
  });

  test(`finds a gradient to start with, ${logit}`, async (backend) => {
    const dy = float32([[[[1, -2, 3], [4, 2, -1]]]]);
    const got = await pool(backend).gradients(plane, dy);
    const expected = await pool(interpreter()).gradients(plane, dy);
    for (const [tensor, want] of Object.entries(expected)) {
      // Without variance the norm multiplies by 1 / √ε, and sums cancel.
      const most = Math.max(1, ...want.data.map(Math.abs));
      const tolerance = { rtol: 0, atol: 1e-5 * most };
      const { fault } = compare(got[tensor], want, tolerance);
      assertEquals(fault, undefined, tensor);
    }
    const last = logit === "simplified" ? "conv" : "conv3";
    assertLess(100, Math.max(...expected[last].data.map(Math.abs)));
  });
}

/** Options with every default filled in. */
function withDefaults(
  options: GivenOptions<LocalImportanceOptions>,
): LocalImportanceOptions {
  return validateOptions(localImportance.options, options);
}

Deno.test("local-importance has the weights of its network", () => {
  const weights = (
    shape: Shape,
    options: GivenOptions<LocalImportanceOptions>,
  ) => {
    const inputs = { x: shape, logit: shape };
    const specs = localImportance.weights!(inputs, withDefaults(options));
    return Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => [name, shape.join()]),
    );
  };
  assertEquals(weights([2, 5, 8, 8], {}), {});
  assertEquals(weights([2, 5, 8, 8], { logit: "simplified" }), {
    conv: "5,5,3,3",
    gamma: "5",
    beta: "5",
  });
  const options = { logit: "bottleneck", layout: "NHWC", axes: 1 } as const;
  assertEquals(weights([8, 5], options), {
    conv1: "128,5,1",
    gamma1: "128",
    beta1: "128",
    conv2: "128,128,3",
    gamma2: "128",
    beta2: "128",
    conv3: "5,128,1",
    gamma3: "5",
    beta3: "5",
  });
});

Deno.test("local-importance refuses logits of another shape and even kernels", () => {
  const shapeOf = (
    logit: Shape,
    options: GivenOptions<LocalImportanceOptions> = {},
  ) => localImportance.shape({ x: [2, 3, 4, 6], logit }, withDefaults(options));
  assertEquals(shapeOf([2, 3, 4, 6]), [2, 3, 2, 3]);
  assertEquals(shapeOf([2, 1, 4, 6]), [2, 3, 2, 3]);
  for (const shape of [[1, 3, 4, 6], [2, 2, 4, 6], [3, 4, 6], [2, 1, 1, 1]]) {
    assertThrows(() => shapeOf(shape), RangeError, "2×1×4×6");
  }
  assertThrows(
    () => shapeOf([2, 1, 4, 6], { layout: "NHWC" }),
    RangeError,
    "the same shape is needed, or 2×3×4×1",
  );
  assertThrows(
    () => shapeOf([2, 3, 4, 6], { logit: "simplified", logitKernelSize: 4 }),
    RangeError,
    "an odd number is needed",
  );
});
