import { assertEquals, assertThrows } from "@std/assert";
import type { Routine, Value } from "@rockpool/core";
import { eigenKernel } from "./eigen.ts";
import { slide } from "./slide.ts";
import { interpreter } from "./interpreter.ts";
import { windowKernel } from "./window_kernel.ts";

const square = windowKernel(
  "square",
  ["x"],
  ({ x }, fold) => fold.sum(x.mul(x)),
);
const triple = windowKernel(
  "triple",
  ["x", "g"],
  ({ x, g }, fold) => fold.sum(x.mul(g).mul(3)),
);
const each = (x: Value) => slide(x.shape, { axes: 1, kernelSize: 1 });

/** x², with a gradient of 3x that is no derivative. */
const odd: Routine = {
  name: "odd",
  forward(cx, [x]) {
    const { y: once } = cx.window(square, { values: { x } }, each(x));
    return { y: cx.reshape(once, x.shape), kept: [once] };
  },
  backward(cx, { inputs: [x], gradient: g }) {
    return [cx.window(triple, { values: { x, g } }, each(x)).y];
  },
};

function numbers(...data: number[]) {
  return { shape: [1, 1, data.length], data: Float32Array.from(data) };
}

Deno.test("a routine has the gradient that it says, and nothing else is recorded", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(numbers(1, 2, 4));
  const y = session.routine(odd, [x]);
  assertEquals([...y.data], [1, 4, 16]);
  const [gradient] = session.grad(y, session.upload(numbers(1, 1, 2)), [x]);
  assertEquals([...gradient.data], [3, 6, 24]);
});

Deno.test("a routine leaves its output alone behind", () => {
  const backend = interpreter();
  using session = backend.session();
  const x = session.upload(numbers(1, 2, 4));
  const before = backend.memory().live;
  const y = session.routine(odd, [x]);
  assertEquals(backend.memory().live - before, 24);
  session.free(y);
  assertEquals(backend.memory().live, before);
});

Deno.test("nothing is left of a routine that fails", () => {
  const backend = interpreter();
  using session = backend.session({ mode: "train" });
  const x = session.upload(numbers(1, 2));
  const before = backend.memory().live;
  const broken: Routine = {
    ...odd,
    forward(cx, inputs) {
      odd.forward(cx, inputs);
      throw new RangeError("broken");
    },
  };
  assertThrows(() => session.routine(broken, [x]), RangeError, "broken");
  assertEquals(backend.memory().live, before);
  const { y } = session.window(square, { values: { x } }, each(x));
  const [gradient] = session.grad(y, session.upload(numbers(1, 1)), [x]);
  assertEquals([...gradient.data], [2, 4]);
});

Deno.test("a routine may give on what arrives", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(numbers(1, 2));
  const passing: Routine = {
    ...odd,
    backward: (_, { gradient }) => [gradient],
  };
  const y = session.routine(passing, [session.routine(passing, [x])]);
  const dy = session.upload(numbers(5, 6));
  const [gradient] = session.grad(y, dy, [x]);
  assertEquals([...gradient.data], [5, 6]);
  assertEquals([...dy.data], [5, 6]);
});

Deno.test("eigenvalues are given inside a routine where a session trains", async () => {
  const x = { shape: [1, 2, 2], data: Float32Array.of(3, 0, 0, 2) };
  using session = interpreter().session();
  const { values, vectors } = session.eigen(session.upload(x), eigenKernel);
  assertEquals([...(await session.read(values)).data], [9, 4]);
  assertEquals(vectors.shape, [1, 2, 2]);
  using training = interpreter().session({ mode: "train" });
  const value = training.upload(x);
  assertThrows(
    () => training.eigen(value, eigenKernel),
    TypeError,
    "a routine",
  );
  const largest: Routine = {
    name: "largest",
    forward: (cx, [x]) => ({ y: cx.eigen(x, eigenKernel).values, kept: [] }),
    backward: () => [undefined],
  };
  const y = training.routine(largest, [value]);
  const dy = training.upload({ shape: [1, 2], data: Float32Array.of(1, 1) });
  const [gradient] = training.grad(y, dy, [value]);
  assertEquals([...gradient.data], [0, 0, 0, 0]);
});

Deno.test("eigen() needs a batch of matrices", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [2, 2], data: new Float32Array(4) });
  assertThrows(
    () => session.eigen(x, eigenKernel),
    TypeError,
    "shape [B, D, M] are needed",
  );
  assertThrows(
    () => session.eigen(x, { name: "no kernel" }),
    TypeError,
    "eigenKernel of @rockpool/kernel is needed",
  );
});
