import { makePool, type Tensor } from "@rockpool/core";
import { type Expression, interpreter, topological } from "@rockpool/kernel";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { backendTests } from "@rockpool/conformance";
import { declare } from "./declarations.ts";
import { formula } from "./formula.ts";
import { parseFormula } from "./parse_formula.ts";
import { Variants } from "./variants.ts";

/** What a formula gives for a window, with its parameters as they are. */
function expressionOf(text: string, rewrite: boolean): Expression {
  const declarations = declare(text, parseFormula(text));
  const parameters = Object.fromEntries(
    Object.entries(declarations.parameters)
      .map(([name, rule]) => [name, rule.default!]),
  );
  const variants = new Variants(declarations, { name: "formula", rewrite });
  return variants.get({ training: false, parameters }).kernel.outputs.y;
}

function row(data: readonly number[]): Tensor {
  return { shape: [1, 1, data.length], data: Float32Array.from(data) };
}

function isRewritten(text: string): boolean {
  return expressionOf(text, true) !== expressionOf(text, false);
}

const INPUT = "z = input(); ";

Deno.test("formula() rewrites what provably overflows in vain", () => {
  for (
    const text of [
      "sum(x * exp(x)) / sum(exp(x))",
      "mean(x * exp(x)) / mean(exp(x))",
      "b = 2; sum(x * exp(b * x)) / sum(exp(b * x))",
      "b = learn(2); sum(x * exp(b * x)) / sum(exp(b * x))",
      "w = exp(-x ^ 2); sum(w * x) / sum(w)",
      "w = exp(x) / sum(exp(x)); sum(w * x)",
      "w = detach(exp(x)); sum(w * x) / sum(w)",
      "sum(x * exp(x) - exp(x)) / (2 * sum(exp(x)))",
      "log(sum(exp(x)))",
      "log(mean(exp(3 * x))) / 3",
      "max(x) + log(sum(exp(x)) / count())",
      "sum(exp(x - log(sum(exp(x)))) * x)",
      "sum(x * exp(x) * exp(2 * x)) / sum(exp(2 * x) * exp(x))",
      INPUT + "sum(x * exp(z)) / sum(exp(z))",
      INPUT + "sum(relu(x) * (z + 1) * exp(z)) / -sum(exp(z))",
      "mean(x ^ 3) ^ (1 / 3)",
      "p = 3; mean(x ^ p) ^ (1 / p)",
      "p = 2.5; q = 1 / p; mean(abs(x) ^ p) ^ q",
      "p = 101; sum(abs(x) ^ p) ^ (1 / p)",
      "sqrt(mean((x - mean(x)) ^ 2))",
      "log(sum(x ^ 4))",
      "sum(x * abs(x) ^ 3) / sum(abs(x) ^ 3)",
      "p = learn(3, min = 1); mean(max(x, 0.1) ^ p) ^ (1 / p)",
    ]
  ) assert(isRewritten(text), text);
});

Deno.test("formula() leaves alone what it cannot prove", () => {
  for (
    const text of [
      // Nothing cancels.
      "sum(exp(x))",
      "log(sum(x * exp(x)))",
      "sum(exp(x)) * sum(x)",
      "mean(x ^ 3)",
      "mean(x ^ 3) ^ (1 / 2)",
      "sqrt(mean(x))",
      "sum(x) / sum(abs(x))",
      // Different weights above and below.
      "sum(x * exp(x)) / sum(exp(2 * x))",
      "sum(x ^ 3) / sum(x ^ 2)",
      // What is divided by may vanish where the weight is greatest.
      INPUT + "sum(x * z * exp(x)) / sum(z * exp(x))",
      INPUT + "log(sum(z * exp(x)))",
      "f = learn(1, per position); sum(x * f * exp(x)) / sum(f * exp(x))",
      // What is multiplied may make up for small weights.
      "sum(sqrt(exp(-x)) * exp(x)) / sum(exp(x))",
      "sum(exp(x) / x) / sum(exp(x))",
      // Greatest and smallest have no sum.
      "log(min(exp(x)))",
      "min(exp(x)) / max(exp(x))",
      // Powers below 1, or not known to be 1 or more.
      "mean(abs(x) ^ 0.5) ^ 2",
      "p = 0.7; mean(abs(x) ^ p) ^ (1 / p)",
      "mean(abs(x) ^ -2) ^ (-1 / 2)",
      "p = learn(3); mean(abs(x) ^ p) ^ (1 / p)",
      // It is done already.
      "w = exp(x - max(x)); sum(w * x) / sum(w)",
      "w = exp(x - detach(max(x))); sum(w * x) / sum(w)",
    ]
  ) assertEquals(isRewritten(text), false, text);
});

Deno.test("formula() rewrites each part of a formula by itself", () => {
  const text = "sum(x * exp(x)) / sum(exp(x)) + sum(exp(x))";
  const y = expressionOf(text, true);
  const exponentials = topological([y])
    .filter(({ operation }) => operation === "exp");
  assertEquals(
    exponentials.map(({ operands: [x] }) => x.operation).sort(),
    ["element", "sub"],
  );
});

/** What a formula gives far from 0, with its gradient, and in double precision. */
const far: readonly {
  readonly text: string;
  readonly x: readonly number[];
  readonly y: number;
  readonly gradient: readonly number[];
  readonly options?: Readonly<Record<string, unknown>>;
}[] = [
  {
    text: "sum(x * exp(x)) / sum(exp(x))",
    x: [1000, 1000, 1000 - Math.log(2), -1000],
    y: 1000 - Math.log(2) / 5,
    // w (1 + x − y)
    gradient: [
      .4 * (1 + Math.log(2) / 5),
      .4 * (1 + Math.log(2) / 5),
      .2 * (1 - 4 / 5 * Math.log(2)),
      0,
    ],
  },
  {
    text: "sum(x * exp(x)) / sum(exp(x))",
    x: [-1000, -1000, -1000, -1000],
    y: -1000,
    gradient: [.25, .25, .25, .25],
  },
  {
    text: "b = 2; log(mean(exp(b * x))) / b",
    options: { b: 0.5 },
    x: [1000, -1000, 1000, -1000],
    y: 1000 - 2 * Math.log(2),
    gradient: [.5, 0, .5, 0],
  },
  {
    text: "log(sum(exp(x)))",
    x: [-1000, -1000, -1000, -1000],
    y: -1000 + Math.log(4),
    gradient: [.25, .25, .25, .25],
  },
  {
    text: "-log(sum(exp(-x)))",
    x: [1000, -1000, -1000, 1000],
    y: -1000 - Math.log(2),
    gradient: [0, .5, .5, 0],
  },
  {
    text: "w = exp(x) / sum(exp(x)); sum(w * x)",
    x: [900, 1000, 0, 1000],
    y: 1000,
    gradient: [0, .5, 0, .5],
  },
  {
    text: "p = 3; mean(abs(x) ^ p) ^ (1 / p)",
    options: { p: 20 },
    x: [1000, -1000, 1000, -1000],
    y: 1000,
    gradient: [.25, -.25, .25, -.25],
  },
  {
    text: "p = 3; mean(x ^ p) ^ (1 / p)",
    options: { p: 21 },
    x: [1000, 1000, 1000, 1000],
    y: 1000,
    gradient: [.25, .25, .25, .25],
  },
  {
    text: "sqrt(mean(x ^ 2))",
    x: [3e30, -3e30, 3e30, 3e30],
    y: 3e30,
    gradient: [.25, -.25, .25, .25],
  },
  {
    text: "sqrt(mean(x ^ 2))",
    x: [0, 0, 0, 0],
    y: 0,
    gradient: [0, 0, 0, 0],
  },
  {
    text: "sqrt(sum(x ^ 2))",
    x: [3e-25, 0, -4e-25, 0],
    y: 5e-25,
    gradient: [.6, 0, -.8, 0],
  },
];

backendTests("a rewritten formula")(
  "holds far from 0",
  async (backend, test) => {
    for (const { text, x, y, gradient, options = {} } of far) {
      await test.step(`${text} of ${x}`, async () => {
        const all = { kernelSize: [4], ...options };
        const pool = makePool(formula(text), { backend, options: all });
        const got = (await pool(row(x))).data[0];
        assertAlmostEquals(got, y, 2e-5 * Math.abs(y));
        const dy = { shape: [1, 1, 1], data: Float32Array.of(1) };
        const { x: dx } = await pool.gradients(row(x), dy);
        for (const [at, want] of gradient.entries()) {
          // Far out a float32 has few digits left for differences.
          assertAlmostEquals(dx.data[at], want, 2e-4, `at ${at}`);
        }
      });
    }
  },
);

backendTests("a formula")(
  "overflows where it is not rewritten",
  async (backend) => {
    const options = { kernelSize: [4] };
    for (
      const text of ["sum(x * exp(x)) / sum(exp(x))", "mean(x ^ 20) ^ (1 / 20)"]
    ) {
      const op = formula(text, { rewrite: false });
      const pool = makePool(op, { backend, options });
      // 10²⁰⁰⁰ is beyond double precision as well.
      const { data: [y] } = await pool(row([1e20, 1e20, 1e20, 1e20]));
      assertEquals(Number.isFinite(y), false, text);
      const near = (await pool(row([1, 2, 1, 2]))).data[0];
      const rewritten = makePool(formula(text), { backend, options });
      const same = (await rewritten(row([1, 2, 1, 2]))).data[0];
      assertAlmostEquals(near, same, 1e-5);
    }
  },
);

Deno.test("a rewritten formula gives the infinities that the formula has", async () => {
  const backend = interpreter();
  const options = { kernelSize: [4] };
  for (
    const text of [
      "log(sum(exp(x)))",
      "sum(exp(x)) / sum(exp(x))",
      "sum(exp(x) * 2) / sum(exp(x))",
      "sqrt(mean(x ^ 2))",
      "p = 21; mean(abs(x) ^ p) ^ (1 / p)",
    ]
  ) {
    for (
      const x of [
        [-Infinity, 1, 2, 3],
        [-Infinity, -Infinity, -Infinity, -Infinity],
        [Infinity, 1, 2, -Infinity],
        [NaN, 1, 2, 3],
        [0, 0, 0, 0],
      ]
    ) {
      const [got, want] = await Promise.all(
        [true, false].map(async (rewrite) =>
          (await makePool(formula(text, { rewrite }), { backend, options })(
            row(x),
          )).data[0]
        ),
      );
      assertAlmostEquals(got, want, 1e-6, `${text} of ${x}`);
    }
  }
});
