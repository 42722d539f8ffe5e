import { makePool, type Tensor } from "@rockpool/core";
import { interpreter } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { formula } from "./formula.ts";
import { FUNCTIONS } from "./functions.ts";

const X = [2, -3, 0.5, -1];

function row(data: readonly number[]): Tensor {
  return { shape: [1, 1, data.length], data: Float32Array.from(data) };
}

async function pooled(
  text: string,
  options: Readonly<Record<string, unknown>> = {},
  x: readonly number[] = X,
): Promise<number[]> {
  const op = formula(text);
  const all = { kernelSize: [x.length], ...options };
  const pool = makePool(op, { backend: interpreter(), options: all });
  const inputs = op.inputs.map((name) => [name, row(x)]);
  return [...(await pool(Object.fromEntries(inputs))).data];
}

/** The slope of a formula along its only element, by differences. */
async function slopes(text: string, x: number): Promise<[number, number]> {
  const op = formula(text);
  const options = { kernelSize: [1] };
  const pool = makePool(op, { backend: interpreter(), options });
  const { data: [dx] } = (await pool.gradients(row([x]), row([1]))).x as Tensor<
    Float32Array
  >;
  const step = 2 ** -9;
  const at = async (x: number) => (await pooled(text, {}, [x]))[0];
  return [dx, (await at(x + step) - await at(x - step)) / (2 * step)];
}

const sum = (f: (x: number) => number) => X.reduce((s, x) => s + f(x), 0);

/** Formulas and what they give for `X`. */
const known: readonly [text: string, y: number][] = [
  ["sum(x)", -1.5],
  ["mean(x)", -1.5 / 4],
  ["max(x)", 2],
  ["min(x)", -3],
  ["argmax(x)", 0],
  ["argmin(x) + 0.5", 1.5],
  ["at(abs(x), argmin(x))", 3],
  ["at(x, argmax(abs(x)))", -3],
  ["at(x, max(x) > 0 ? argmin(x) : argmax(x))", -3],
  ["count()", 4],
  ["count(padded)", 4],
  ["size()", 4],
  ["sum(abs(x))", 6.5],
  ["sum(sign(x))", 0],
  ["sum(floor(x))", -2],
  ["sum(ceil(x - 0.25))", 2 - 3 + 1 - 1],
  ["sum(round(x + 0.25))", 2 - 3 + 1 - 1],
  ["sum(sqrt(abs(x)))", sum((x) => Math.sqrt(Math.abs(x)))],
  ["sum(exp(x))", sum(Math.exp)],
  ["sum(log(abs(x)))", sum((x) => Math.log(Math.abs(x)))],
  ["sum(log2(abs(x)))", sum((x) => Math.log2(Math.abs(x)))],
  ["sum(log10(abs(x)))", sum((x) => Math.log10(Math.abs(x)))],
  ["sum(pow(x, 3))", sum((x) => x ** 3)],
  ["sum(tanh(x))", sum(Math.tanh)],
  ["sum(sigmoid(x))", sum((x) => 1 / (1 + Math.exp(-x)))],
  ["sum(softplus(x))", sum((x) => Math.log1p(Math.exp(x)))],
  ["sum(relu(x))", 2.5],
  ["sum(clamp(x, -1, 1))", 1 - 1 + 0.5 - 1],
  ["sum(select(x > 0, x, 1))", 4.5],
  ["sum(isNaN(x / 0 * 0) ? 1 : 0)", 4],
  ["sum(detach(x))", -1.5],
  ["sum(withGradient(round(x), x))", sum(Math.round)],
  ["max(sum(x), 3, -7)", 3],
  ["min(2, sum(x), 3)", -1.5],
  ["sum(max(x, 0, 1))", 2 + 1 + 1 + 1],
  // Precedence and signs are those of mathematics.
  ["-max(x) ^ 2", -4],
  ["2 ^ 3 ^ 2 + 0 * max(x)", 512],
  ["max(x) - 1 - 1", 0],
  ["max(x) / 2 / 2", 0.5],
  ["max(x) ^ -1", 0.5],
  ["+max(x) * -min(x)", 6],
  ["sum(x) < 0 and not (max(x) < 0) or min(x) > 0 ? 1 : 2", 1],
  ["-3 < sum(x) <= -1.5 ? 1 : 2", 1],
  ["max(x) == 2 ? (min(x) != -3 ? 1 : 2) : 3", 2],
  ["max(x) > 3 ? 1 : max(x) > 1 ? 2 : 3", 2],
  ["2 ≤ max(x) ? 3 × max(x) ÷ 2 − 1 : 0", 2],
  // Powers of negative numbers, where they have a value.
  ["sum(x ^ 2)", sum((x) => x ** 2)],
  ["sum(x ^ -3)", sum((x) => x ** -3)],
  ["sum(x ^ 17)", sum((x) => x ** 17)],
  ["sum(x ^ 18)", sum((x) => x ** 18)],
  ["p = 3; sum(x ^ p)", sum((x) => x ** 3)],
  ["p = 33; sum(x ^ p)", sum((x) => x ** 33)],
  ["p = -34; sum(x ^ p)", sum((x) => x ** -34)],
  ["p = 0.5; sum(abs(x) ^ p)", sum((x) => Math.abs(x) ** 0.5)],
  ["sum(2 ^ x)", sum((x) => 2 ** x)],
  ["sum(e ^ x)", sum(Math.exp)],
  ["sum(abs(x) ^ x)", sum((x) => Math.abs(x) ** x)],
  // Numbers, constants, lines, comments and names.
  ["pi + 0 * max(x)", Math.PI],
  ["2.5e-1 + .5 + 1. + 0 * max(x)", 1.75],
  ["-Infinity < max(x) ? 1 : 2", 1],
  ["a = max(x); b = a + 1 # one more\nb * a", 6],
  ["p = 2 # the factor\n\n\n  # and now\ny = p * max(x)\n", 4],
  ["p = 1 / 4; p * max(x)", 0.5],
  ["sum(\n  x\n  + 1\n)", 2.5],
  ["max(x) > 1\n  ? 5\n  : 6", 5],
  ["max(x)\n * 2", 4],
  ["σ² = 2; x₁ = max(x); Größe_1 = 3; σ² * x₁ * Größe_1", 12],
  ["w = learn(2); max(x) * w", 4],
  ["w = learn(2, per channel); max(x) * w", 4],
  ["w = learn(2, per position); sum(x * w)", -3],
  ["z = input(); sum(x * z)", sum((x) => x * x)],
];

Deno.test("formula() gives what its text says", async () => {
  for (const [text, y] of known) {
    const [got] = await pooled(text);
    assertAlmostEquals(got, y, 1e-6 + 3e-7 * Math.abs(y), text);
  }
});

Deno.test("every function is tried", () => {
  const tried = known.map(([text]) => text).join(" ");
  const left = Object.keys(FUNCTIONS)
    .filter((name) => !["random", "draw"].includes(name))
    .filter((name) => !tried.includes(`${name}(`));
  assertEquals(left, []);
});

Deno.test("formula() means the same whatever its parameters are", async () => {
  const power = "p = 3; sum(x ^ p) / sum(abs(x) ^ p)";
  assertEquals(await pooled(power, { p: 0 }), [1]);
  assertEquals(await pooled("sum(x ^ 0)"), [4]);
  const choice = "p = 3; sum(p > 2 ? x ^ p : 1)";
  assertEquals(await pooled(choice, { p: 1 }), [4]);
  assertAlmostEquals((await pooled(choice))[0], sum((x) => x ** 3), 1e-6);
  const trained = "sum(training ? x : 1) / mean(training ? 1 : x)";
  assertAlmostEquals((await pooled(trained))[0], 4 / (-1.5 / 4), 1e-6);
  assertEquals(await pooled(trained, { training: true }), [-1.5]);
});

Deno.test("formula() gives the slope of its text", async () => {
  for (
    const body of [
      "x ^ 2",
      "x ^ 17",
      "abs(x) ^ 2.5",
      "abs(x) ^ x",
      "2 ^ x",
      "x ^ -1",
      "sqrt(abs(x))",
      "tanh(x)",
      "sigmoid(x)",
      "softplus(x)",
      "relu(x)",
      "log2(abs(x)) * log10(abs(x))",
      "clamp(x, -1, 2)",
      "x > 0 ? x ^ 2 : -x",
      "max(x, x ^ 2)",
      "min(x, 1)",
    ]
  ) {
    for (const x of [1.5, -1.25, 0.375]) {
      const [dx, slope] = await slopes(`sum(${body})`, x);
      assertAlmostEquals(dx, slope, 1e-3 * (1 + Math.abs(slope)), body);
    }
  }
});

Deno.test("formula() has no slope where it is said so", async () => {
  for (const body of ["detach(x)", "floor(x)", "round(x)", "ceil(x)"]) {
    assertEquals((await slopes(`sum(${body})`, 0.7))[0], 0, body);
  }
  const straight = "sum(withGradient(round(x), 3 * x))";
  assertEquals((await slopes(straight, 0.7))[0], 3);
});

Deno.test("formula() gives 0 for sums and means of no elements", async () => {
  const options = { padding: [1], dilation: [2], kernelSize: [2] };
  for (const text of ["sum(x)", "mean(x)", "count()"]) {
    const y = await pooled(text, options, [3]);
    assertEquals(y, [0], text);
  }
  assertEquals(await pooled("max(x)", options, [3]), [-Infinity]);
});

Deno.test("count(), count(padded) and size() tell apart what is outside", async () => {
  const options = {
    kernelSize: [3],
    stride: [3],
    padding: [1],
    ceilMode: true,
  };
  assertEquals(await pooled("count()", options), [2, 2]);
  assertEquals(await pooled("count(padded)", options), [3, 3]);
  assertEquals(await pooled("size()", options), [3, 3]);
});

Deno.test("random() is for each window, random(element) for each element", async () => {
  const draw = (text: string) =>
    pooled(text, { kernelSize: [2], stride: [1] }, [1, 2, 3, 4, 5]);
  const [once, mean] = [
    await draw("random()"),
    await draw("mean(random(element))"),
  ];
  assertEquals(new Set([...once, ...mean]).size, 8);
  for (const number of [...once, ...mean]) {
    assertEquals(number >= 0 && number < 1, true);
  }
  assertEquals(await draw("a = random(); a - a"), [0, 0, 0, 0]);
  assertEquals((await draw("random() - random()")).includes(0), false);
  assertEquals(await draw("sum(random(element)) / 2"), mean);
});

Deno.test("draw() gives elements in proportion, none without a weight", async () => {
  const y = await pooled("at(x, draw(relu(x)))", { kernelSize: [4] }, [
    ...[0, -1, 3, 0],
    ...[0, -2, -1, 0],
  ]);
  assertEquals(y, [3, 0]);
});

Deno.test("training says what a session is for", async () => {
  const op = formula("training ? max(x) : min(x)");
  const backend = interpreter();
  const options = { kernelSize: [4] };
  const pool = makePool(op, { backend, options });
  assertEquals((await pool(row(X))).data[0], -3);
  assertEquals((await pool(row(X), { mode: "train" })).data[0], 2);
  const never = { ...options, training: false };
  const fixed = makePool(op, { backend, options: never });
  assertEquals((await fixed(row(X), { mode: "train" })).data[0], -3);
  assertEquals(Object.hasOwn(formula("max(x)").options, "training"), false);
});

Deno.test("parameters of a formula are options with limits and words", async () => {
  const op = formula(
    "k = option(2, integer, min = 1, max = 4) # how many\n" +
      "b = 0.5 # what is added\nw = learn(1, min = 0)\nk * max(x) * w + b",
  );
  assertEquals(op.options.k, {
    kind: "integer",
    min: 1,
    max: 4,
    default: 2,
    help: "how many",
  });
  assertEquals(op.options.b, {
    kind: "number",
    default: 0.5,
    help: "what is added",
  });
  assertEquals(op.options.w.default, 1);
  assertEquals(op.options.w.min, 0);
  assertEquals(op.category, "learnable");
  const backend = interpreter();
  const y = async (options: Readonly<Record<string, unknown>>) => {
    const all = { kernelSize: [4], ...options };
    return (await makePool(op, { backend, options: all })(row(X))).data[0];
  };
  assertEquals(await y({}), 4.5);
  assertEquals(await y({ k: 3, b: 1, w: 2 }), 13);
  for (const options of [{ k: 0 }, { k: 1.5 }, { w: -1 }, { b: NaN }]) {
    assertThrows(() => makePool(op, { backend, options }), RangeError);
  }
  assertThrows(
    () => makePool(op, { backend, options: { c: 1 } }),
    TypeError,
    'Unknown option "c"',
  );
});

Deno.test("weights of a formula have the shape of what they are for", () => {
  const op = formula(
    "a = learn(1); b = learn(2, per channel); c = learn(3, per position)\n" +
      "sum(a * b * c * x)",
  );
  const options = Object.fromEntries(
    Object.entries(op.options).map(([name, rule]) => [name, rule.default]),
  );
  const all = { ...options, kernelSize: [2, 3] } as unknown as Parameters<
    typeof op.shape
  >[1];
  const weights = op.weights!({ x: [5, 4, 8, 8] }, all);
  assertEquals(
    Object.values(weights).map(({ shape, initial }) => [shape, initial]),
    [[[1], 1], [[4], 2], [[4, 2, 3], 3]],
  );
});

Deno.test("formula() refuses a name that is none, and inputs of two shapes", () => {
  assertThrows(
    () => formula("max(x)", { name: "my pool" }),
    RangeError,
    "words joined by hyphens",
  );
  const op = formula("z = input(); sum(x * z)", { name: "my-pool" });
  assertEquals([op.name, op.summary], ["my-pool", "z = input(); sum(x * z)"]);
  assertEquals(op.inputs, ["x", "z"]);
  const backend = interpreter();
  using session = backend.session();
  const [x, z] = [row(X), row([1, 2])].map((it) => session.upload(it));
  assertThrows(
    () => session.run(op, { x, z }, { options: { kernelSize: [2] } }),
    RangeError,
    "Cannot run my-pool on x of shape 1×1×4 with z of shape 1×1×2",
  );
});
