import { assertAlmostEquals, assertEquals } from "@std/assert";
import { sigmoid, softplus, tanh } from "./elementary.ts";
import type { Expression } from "./expression.ts";
import { interpreter } from "./interpreter.ts";
import { slide } from "./slide.ts";
import { windowKernel } from "./window_kernel.ts";

interface Known {
  readonly made: (x: Expression) => Expression;
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

const functions: Readonly<Record<string, Known>> = {
  sigmoid: {
    made: sigmoid,
    value: logistic,
    slope: (x) => logistic(x) * logistic(-x),
  },
  softplus: {
    made: softplus,
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: logistic,
  },
  tanh: {
    made: tanh,
    value: Math.tanh,
    slope: (x) => 1 / Math.cosh(x) ** 2,
  },
};

const POINTS = [
  ...[0, 1e-6, 0.01, 0.19, 0.2, 0.21, 0.7, 1, 3, 10, 40, 100, 1000],
  ...[-1e-6, -0.1, -0.3, -2, -20, -90, -1000],
];

for (const [name, { made, value, slope }] of Object.entries(functions)) {
  Deno.test(`${name}() and its slope are right wherever they are asked for`, () => {
    const kernel = windowKernel(
      name,
      ["x"],
      ({ x }, fold) => fold.sum(made(x)),
    );
    using session = interpreter().session({ mode: "train" });
    const shape = [1, POINTS.length];
    const x = session.upload({ shape, data: Float32Array.from(POINTS) });
    const windows = slide(shape, { kernelSize: [1] });
    const { y } = session.window(kernel, { values: { x } }, windows);
    const ones = new Float32Array(POINTS.length).fill(1);
    const dy = session.upload({ shape, data: ones });
    const [dx] = session.grad(y, dy, [x]);
    for (const [at, point] of POINTS.entries()) {
      const there = Math.fround(point);
      const [f, df] = [value(there), slope(there)];
      assertAlmostEquals(y.data[at], f, 1e-9 + 1e-7 * Math.abs(f), `${point}`);
      assertAlmostEquals(dx.data[at], df, 1e-9 + 1e-7 * df, `${point}`);
    }
  });
}

Deno.test("sigmoid(), softplus() and tanh() pass NaN and infinities on", async () => {
  const kernel = windowKernel("limits", ["x"], ({ x }, fold) => ({
    y: fold.sum(sigmoid(x)),
    softplus: fold.sum(softplus(x)),
    tanh: fold.sum(tanh(x)),
  }));
  using session = interpreter().session();
  const shape = [1, 3];
  const data = Float32Array.of(-Infinity, Infinity, NaN);
  const x = session.upload({ shape, data });
  const windows = slide(shape, { kernelSize: [1] });
  const results = session.window(kernel, { values: { x } }, windows);
  const numbers = async (name: string) => [
    ...(await session.read(results[name])).data,
  ];
  assertEquals(await numbers("y"), [0, 1, NaN]);
  assertEquals(await numbers("softplus"), [0, Infinity, NaN]);
  assertEquals(await numbers("tanh"), [-1, 1, NaN]);
});
