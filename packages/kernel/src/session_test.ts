import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Backend, PoolingOp, SessionOptions, Value } from "@rockpool/core";
import { interpreter } from "./interpreter.ts";
import { slide } from "./slide.ts";
import { windowKernel } from "./window_kernel.ts";

const weighted = windowKernel(
  "weighted",
  ["x"],
  ({ x, theta, filter, scale }, fold) =>
    fold.sum(x.mul(filter)).mul(theta).mul(scale),
  { scalars: ["scale"], channels: ["theta"], taps: ["filter"] },
);

const WINDOWS = slide([1, 2, 4], { axes: 1, kernelSize: 2 });

/** A session with what the kernel above reads. */
function open(options?: SessionOptions) {
  const session = interpreter().session(options);
  const upload = (shape: number[], ...numbers: number[]) =>
    session.upload({ shape, data: Float32Array.from(numbers) });
  const values = {
    x: upload([1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8),
    theta: upload([2], 10, 100),
    filter: upload([2, 1, 2], 1, 2, 3, 4),
  };
  const scalars = { scale: 0.5 };
  return { session, upload, values, scalars };
}

/** An operator with an option, a weight and random numbers. */
const draw: PoolingOp<{ kernelSize: number }, "x", "theta", "y"> = {
  name: "draw",
  summary: "",
  category: "learnable",
  options: { kernelSize: { kind: "integer", min: 1, default: 2, help: "" } },
  inputs: ["x"],
  shape: ({ x }, { kernelSize }) =>
    slide(x, { axes: 1, kernelSize }).outputShape,
  weights: ({ x }) => ({ theta: { shape: [x[1]], initial: 2, help: "" } }),
  forward(cx, { x }, { kernelSize }, { theta }) {
    const windows = slide(x.shape, { axes: 1, kernelSize });
    return { y: cx.window(drawKernel, { values: { x, theta } }, windows).y };
  },
};
const drawKernel = windowKernel(
  "draw",
  ["x"],
  ({ x, theta }, fold, { windowRandom }) =>
    fold.sum(x).mul(theta).add(windowRandom(1)),
  { channels: ["theta"] },
);

Deno.test("window() reads elements, channels, taps and scalars", async () => {
  const { session, values, scalars } = open();
  const { y } = session.window(weighted, { values, scalars }, WINDOWS);
  assertEquals(y.shape, [1, 2, 2]);
  const { data } = await session.read(y);
  assertEquals([...data], [25, 55, 1950, 2650]);
});

Deno.test("grad() reaches elements, channels and taps", () => {
  const { session, values, scalars, upload } = open({ mode: "train" });
  const { y } = session.window(weighted, { values, scalars }, WINDOWS);
  const gradients = session.grad(
    y,
    upload([1, 2, 2], 1, 0, 0, 2),
    Object.values(values),
  );
  assertEquals(
    gradients.map(({ shape, data }) => ({ shape, data: [...data] })),
    [
      { shape: [1, 2, 4], data: [5, 10, 0, 0, 0, 0, 300, 400] },
      { shape: [2], data: [2.5, 53] },
      { shape: [2, 1, 2], data: [5, 10, 700, 800] },
    ],
  );
});

Deno.test("grad() is zero for what an output does not depend on", () => {
  const { session, values, scalars, upload } = open({ mode: "train" });
  const { y } = session.window(weighted, { values, scalars }, WINDOWS);
  const other = upload([3], 1, 2, 3);
  const [gradient] = session.grad(y, upload([1, 2, 2], 1, 1, 1, 1), [other]);
  assertEquals([...gradient.data], [0, 0, 0]);
});

/** A training session, the gradient of y = sum(x²) by x, and twice a value. */
function openGradient(backend: Backend) {
  const session = backend.session({ mode: "train" });
  const squares = windowKernel(
    "squares",
    ["x"],
    ({ x }, fold) => fold.sum(x.mul(x)),
  );
  const twice = windowKernel(
    "twice",
    ["x"],
    ({ x }, fold) => fold.sum(x.mul(2)),
  );
  const upload = (...numbers: number[]) =>
    session.upload({ shape: [1, 1, 2], data: Float32Array.from(numbers) });
  const [x, dy] = [upload(3, 5), upload(1, 1)];
  const windows = slide(x.shape, { axes: 1, kernelSize: 1 });
  const { y } = session.window(squares, { values: { x } }, windows);
  const [gradient] = session.grad(y, dy, [x]);
  const double = (x: Value) =>
    session.window(twice, { values: { x } }, windows).y;
  return { session, upload, x, y, dy, gradient, double };
}

Deno.test("grad() refuses gradients of gradients before any work", () => {
  using backend = interpreter();
  const { session, x, y, dy, gradient, double } = openGradient(backend);
  const later = double(double(gradient));
  // The gradient by what arrived: linear, but no more known than the others.
  const [ofGradient] = session.grad(y, gradient, [x]);
  const twiceThat = double(ofGradient);
  const before = backend.memory();
  for (
    const [output, of] of [
      [gradient, [x]],
      [gradient, [dy]],
      [later, [x]],
      [later, [later, y]],
      [later, [dy]],
      [twiceThat, [dy]],
    ] as const
  ) {
    assertThrows(
      () => session.grad(output, dy, of),
      TypeError,
      "there are no gradients of gradients",
    );
  }
  assertEquals(backend.memory(), before);
});

Deno.test("grad() takes gradients as a constant where nothing asked for depends on them", () => {
  using backend = interpreter();
  const { session, upload, x, y, dy, gradient, double } = openGradient(backend);
  const later = double(gradient);
  const numbers = (values: readonly Value[]) =>
    values.map((value) => [...session.peek(value)!]);
  const other = upload(1, 2);
  assertEquals(numbers(session.grad(later, dy, [gradient, other])), [
    [2, 2],
    [0, 0],
  ]);
  // What arrives may be a gradient: x is differentiated by once.
  assertEquals(numbers(session.grad(y, gradient, [x])), [[36, 100]]);
  const read = upload(...session.peek(gradient)!);
  assertEquals(numbers(session.grad(double(read), dy, [x])), [[0, 0]]);
  const [unused] = session.grad(y, dy, [x]);
  session.free(unused);
});

Deno.test("run() fills options and initial weights in", async () => {
  const { session, values: { x } } = open();
  const { y } = session.run(draw, { x });
  const whole = (await session.read(y)).data.map(Math.floor);
  assertEquals([...whole], [6, 14, 22, 30]);
});

Deno.test("run() draws other numbers in each call, the same in each session", async () => {
  const twice = async (seed: number) => {
    const { session, values: { x } } = open({ seed });
    const first = session.run(draw, { x });
    const second = session.run(draw, { x });
    return [await session.read(first.y), await session.read(second.y)]
      .map(({ data }) => [...data]);
  };
  const [first, second] = await twice(7);
  assert(first.join() !== second.join());
  assertEquals(await twice(7), [first, second]);
  assert((await twice(8))[0].join() !== first.join());
});

Deno.test("a session frees what it made, once", () => {
  const backend = interpreter();
  const session = backend.session({ mode: "train" });
  const x = session.empty([1, 2, 4]);
  session.run(draw, { x });
  assert(backend.memory().live > 0);
  session[Symbol.dispose]();
  session[Symbol.dispose]();
  assertEquals(backend.memory().live, 0);
});

Deno.test("run() keeps what it made on the way only where gradients could need it", async () => {
  const folded: typeof draw = {
    ...draw,
    forward(cx, inputs, options, weights) {
      const { y } = draw.forward(cx, inputs, options, weights);
      return { y: cx.reshape(y, [4]) };
    },
  };
  const backend = interpreter();
  for (const mode of ["infer", "train"] as const) {
    using session = backend.session({ mode, seed: 1 });
    const x = session.empty([1, 2, 4]);
    const { live } = backend.memory();
    const { y } = session.run(folded, { x });
    const left = backend.memory().live - live;
    if (mode === "train") assert(left > y.data.byteLength);
    else {
      assertEquals(left, y.data.byteLength);
      assert((await session.read(y)).data.every((number) => number !== 0));
      session.free(y);
      assertEquals(backend.memory().live, live);
    }
  }
});

Deno.test("sessions of one backend do not free each other's values", () => {
  const backend = interpreter();
  using first = backend.session();
  first.empty([4]);
  const before = backend.memory().live;
  {
    using second = backend.session();
    second.empty([8]);
  }
  assertEquals(backend.memory().live, before);
});

const refused: [
  what: string,
  kind: typeof TypeError | typeof RangeError,
  act: (opened: ReturnType<typeof open>) => unknown,
  message: string,
][] = [
  [
    "a missing tensor",
    TypeError,
    ({ session, values: { x, theta }, scalars }) =>
      session.window(weighted, { values: { x, theta }, scalars }, WINDOWS),
    'its tensor "filter" is missing',
  ],
  [
    "a tensor of no name",
    TypeError,
    ({ session, values, scalars }) =>
      session.window(weighted, {
        values: { ...values, z: values.x },
        scalars,
      }, WINDOWS),
    'it has no leaf "z"',
  ],
  [
    "a missing scalar",
    TypeError,
    ({ session, values }) => session.window(weighted, { values }, WINDOWS),
    'its scalar "scale" is undefined',
  ],
  [
    "an input that the windows are not of",
    RangeError,
    ({ session, values, scalars, upload }) =>
      session.window(weighted, {
        values: { ...values, x: upload([1, 2, 1], 1, 2) },
        scalars,
      }, WINDOWS),
    '"x" has shape 1×2×1, 1×2×4 is needed',
  ],
  [
    "a parameter of other channels",
    RangeError,
    ({ session, values, scalars, upload }) =>
      session.window(weighted, {
        values: { ...values, theta: upload([3], 1, 2, 3) },
        scalars,
      }, WINDOWS),
    '"theta" has shape 3, 2 is needed',
  ],
  [
    "a kernel that is none",
    TypeError,
    ({ session, values }) =>
      session.window({ name: "mine" }, { values }, WINDOWS),
    "Cannot run kernel mine: it was not made by windowKernel",
  ],
  [
    "a missing input",
    TypeError,
    ({ session }) => session.run(draw, {} as { x: Value }),
    'Cannot run draw: its input "x" is missing',
  ],
  [
    "a misspelt weight",
    TypeError,
    ({ session, values: { x, theta } }) =>
      session.run(draw, { x }, {
        weights: { thta: theta } as Partial<Record<"theta", Value>>,
      }),
    'it has no weight "thta": did you mean "theta"',
  ],
  [
    "a weight of another shape",
    RangeError,
    ({ session, values: { x, filter } }) =>
      session.run(draw, { x }, { weights: { theta: filter } }),
    'its weight "theta" has shape 2×1×2, 2 is needed',
  ],
  [
    "a gradient without training",
    TypeError,
    ({ session, values: { x } }) => session.grad(x, x, [x]),
    'mode "train" is needed',
  ],
];
for (const [what, kind, act, message] of refused) {
  Deno.test(`a session refuses ${what}`, () => {
    assertThrows(() => act(open()), kind, message);
  });
}

Deno.test("a session refuses values of another one", () => {
  const { session } = open();
  const { values: { x } } = open();
  assertThrows(
    () => session.run(draw, { x }),
    TypeError,
    "Cannot run draw on a value that belongs to another session or is freed",
  );
});

Deno.test("a session that ended refuses everything", async () => {
  const { session, values } = open();
  session[Symbol.dispose]();
  const message = "Cannot use a session that is disposed";
  assertThrows(() => session.empty([1]), TypeError, message);
  assertThrows(() => session.run(draw, values), TypeError, message);
  await assertRejects(() => session.read(values.x), TypeError, message);
});

for (const seed of [-1, 0.5, NaN, 2 ** 32]) {
  Deno.test(`a session has no seed ${seed}`, () => {
    assertThrows(() => open({ seed }), RangeError, `with seed ${seed}`);
  });
}

Deno.test("a session has no other modes than two", () => {
  assertThrows(
    () => open({ mode: "test" as "train" }),
    TypeError,
    'with mode "test": "train" or "infer" is needed',
  );
});

Deno.test("read() gives indices as int32", async () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(1, 2) });
  const at = windowKernel("at", ["x"], ({ x }, fold) => fold.argmax(x));
  const windows = slide(x.shape, { axes: 1, kernelSize: 2 });
  const { y } = session.window(at, { values: { x } }, windows);
  assertEquals(await session.read(y), {
    shape: [1, 1, 1],
    data: Int32Array.of(1),
  });
});

const sum = windowKernel("sum", ["x"], ({ x }, fold) => fold.sum(x));

Deno.test("free() gives memory back, but not what gradients could need", () => {
  using backend = interpreter();
  for (const mode of ["infer", "train"] as const) {
    using session = backend.session({ mode });
    const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(1, 2) });
    const spare = session.empty([8]);
    const { live } = backend.memory();
    session.free(spare);
    assert(backend.memory().live < live);
    assertThrows(() => session.free(spare), TypeError, "or is freed");
    const windows = slide(x.shape, { kernelSize: [2] });
    const { y } = session.window(sum, { values: { x } }, windows);
    if (mode === "infer") session.free(y);
    else assertThrows(() => session.free(y), TypeError, "gradients could need");
  }
});

Deno.test("an operator that fails half-way leaves nothing behind", () => {
  using backend = interpreter();
  using session = backend.session({ mode: "train" });
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(1, 2) });
  const broken: PoolingOp<object, "x"> = {
    ...draw,
    options: {},
    shape: ({ x }) => x,
    weights: undefined,
    forward(cx, { x }) {
      const windows = slide(x.shape, { kernelSize: [2] });
      cx.window(sum, { values: { x } }, windows);
      throw new RangeError("half-way");
    },
  };
  const before = backend.memory();
  assertThrows(() => session.run(broken, { x }), RangeError, "half-way");
  assertEquals(backend.memory(), before);
  session.free(x);
});

Deno.test("grad() adds up what comes by several leaves, and keeps no more", async () => {
  using backend = interpreter();
  using session = backend.session({ mode: "train" });
  const product = windowKernel(
    "product",
    ["a", "b"],
    ({ a, b }, fold) => fold.sum(a.mul(b)),
  );
  const x = session.upload({ shape: [1, 1, 2], data: Float32Array.of(3, 5) });
  const windows = slide(x.shape, { kernelSize: [1] });
  let { y } = session.window(product, { values: { a: x, b: x } }, windows);
  for (let i = 0; i < 3; i++) {
    y = session.window(sum, { values: { x: y } }, windows).y;
  }
  const dy = session.upload({ shape: y.shape, data: Float32Array.of(1, 1) });
  const { live } = backend.memory();
  const [gradient, own] = session.grad(y, dy, [x, y]);
  assertEquals([...(await session.read(gradient)).data], [6, 10]);
  assertEquals(backend.memory().live, live + 2 * gradient.data.byteLength);
  session.free(own);
  assertEquals([...(await session.read(dy)).data], [1, 1]);
});

Deno.test("run() refuses parameters outside their limits", () => {
  using session = interpreter().session();
  const limited = {
    ...draw,
    weights: () => ({
      theta: { shape: [1], initial: 1, help: "", above: 0, max: 2 },
    }),
  };
  const x = session.upload({ shape: [1, 1, 2], data: new Float32Array(2) });
  for (const number of [0, 3, NaN]) {
    const theta = session.upload({ shape: [1], data: Float32Array.of(number) });
    assertThrows(
      () => session.run(limited, { x }, { weights: { theta } }),
      RangeError,
      `Cannot run draw: its weight "theta" holds ${number}, more than 0 and at most 2 is needed`,
    );
  }
});

Deno.test("peek() shows the numbers of a value of the session", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [2], data: Float32Array.of(1, 2) });
  assertEquals([...session.peek(x)!], [1, 2]);
  using other = interpreter().session();
  assertThrows(() => other.peek(x), TypeError, "Cannot look at a value");
});
