import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { slide, windowKernel } from "@rockpool/kernel";
import { cpu } from "./cpu.ts";

const greatest = windowKernel("greatest", ["x"], ({ x }, fold) => fold.max(x));

for (const threads of [0, -1, 1.5, NaN, 257]) {
  Deno.test(`cpu() refuses ${threads} threads`, async () => {
    await assertRejects(
      () => cpu({ threads }),
      RangeError,
      `Cannot run on ${threads} threads: an integer from 1 to 256 is needed`,
    );
  });
}

Deno.test("cpu() says on how many threads it runs, and whether it fuses", async () => {
  using one = await cpu({ threads: 1, fusedMultiplyAdd: false });
  using two = await cpu({ threads: 2 });
  assertEquals(one.info, "WebAssembly SIMD, 1 thread");
  assertEquals(two.info, "WebAssembly SIMD, fused multiply-add, 2 threads");
});

Deno.test("cpu() without relaxed SIMD does without fused multiply-add", async () => {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    await assertRejects(
      () => cpu({ threads: 1, fusedMultiplyAdd: true }),
      Error,
      "Cannot use fusedMultiplyAdd: this runtime has no relaxed SIMD",
    );
    using backend = await cpu({ threads: 1 });
    assertEquals(backend.info, "WebAssembly SIMD, 1 thread");
    using session = backend.session();
    const x = session.upload({
      shape: [1, 1, 4],
      data: Float32Array.of(1, 2, 3, 4),
    });
    const { y } = session.window(
      products,
      { values: { a: x, b: x } },
      slide(x.shape, { axes: 1, kernelSize: 2 }),
    );
    assertEquals([...y.data], [5, 25]);
  } finally {
    WebAssembly.validate = validate;
  }
});

/** Σ a b. */
const products = windowKernel(
  "products",
  ["a", "b"],
  ({ a, b }, fold) => fold.sum(a.mul(b)),
);

for (const fusedMultiplyAdd of [false, true]) {
  const what = fusedMultiplyAdd ? "are not rounded" : "are rounded";
  Deno.test(`products that are added ${what} with fusedMultiplyAdd ${fusedMultiplyAdd}`, async () => {
    using backend = await cpu({ threads: 1, fusedMultiplyAdd });
    using session = backend.session();
    // −1 − 2⁻¹¹ + (1 + 2⁻¹²)², whose last digit is 2⁻²⁴.
    const near = 1 + 2 ** -12;
    const shape = [1, 1, 2, 4];
    const rows = [[[-1 - 2 ** -11, 1], [3, 5]], [[near, near], [2, 4]]];
    const [a, b] = [0, 1].map((index) => {
      const pairs = rows.flatMap((row) => [...row, ...row]);
      const data = Float32Array.from(pairs, (pair) => pair[index]);
      return session.upload({ shape, data });
    });
    const windows = slide(shape, { kernelSize: [2, 1] });
    const { y } = session.window(products, { values: { a, b } }, windows);
    const last = fusedMultiplyAdd ? 2 ** -24 : 0;
    assertEquals([...y.data], [last, 23, last, 23]);
  });
}

Deno.test("cpu() opens no session once it is disposed", async () => {
  const backend = await cpu({ threads: 1 });
  backend[Symbol.dispose]();
  backend[Symbol.dispose]();
  assertThrows(() => backend.session(), TypeError, "the backend is disposed");
});

Deno.test("a session that ends gives all memory back", async () => {
  using backend = await cpu({ threads: 1 });
  for (let pass = 0; pass < 3; pass++) {
    using session = backend.session({ mode: "train" });
    const x = session.upload({
      shape: [1, 1, 64, 64],
      data: new Float32Array(64 * 64),
    });
    const windows = slide(x.shape, { kernelSize: 2 });
    const { y } = session.window(greatest, { values: { x } }, windows);
    session.grad(y, y, [x]);
    assert(backend.memory().live >= 4 * 64 * 64 * 2);
  }
  assertEquals(backend.memory().live, 0);
});

Deno.test("a session that ends after its backend does no harm", async () => {
  const backend = await cpu({ threads: 2 });
  const session = backend.session();
  session.empty([4]);
  backend[Symbol.dispose]();
  assertThrows(() => session.empty([4]), TypeError, "its backend is disposed");
  session[Symbol.dispose]();
});

Deno.test("the data of an empty value is filled in place", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const x = session.empty([1, 1, 2, 2]);
  x.data.set([1, 4, 2, 3]);
  const windows = slide(x.shape, { kernelSize: 2 });
  const { y } = session.window(greatest, { values: { x } }, windows);
  assertEquals([...y.data], [4]);
});

Deno.test("the data of a freed value is refused", async () => {
  using backend = await cpu({ threads: 1 });
  const session = backend.session();
  const x = session.empty([1]);
  session[Symbol.dispose]();
  assertThrows(() => x.data, TypeError, "its session is disposed");
});

Deno.test("values survive growing memory", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const x = session.upload({ shape: [3], data: Float32Array.of(1, 2, 3) });
  const { reserved } = backend.memory();
  session.empty([reserved / 2]);
  assert(backend.memory().reserved > reserved);
  assertEquals([...x.data], [1, 2, 3]);
});

Deno.test("a value beyond 4 GiB is refused and nothing is lost", async () => {
  using backend = await cpu({ threads: 1 });
  using session = backend.session();
  const before = backend.memory();
  assertThrows(
    () => session.empty([2 ** 30, 1]),
    RangeError,
    "4294967296 are the most",
  );
  assertThrows(
    () => session.empty([2 ** 30 + 1]),
    RangeError,
    "4294967300 bytes",
  );
  assertEquals(backend.memory(), before);
});

Deno.test("two threads run one kernel after the other", async () => {
  using backend = await cpu({ threads: 2 });
  using session = backend.session();
  const shape = [1, 80, 32, 32];
  const data = Float32Array.from({ length: 81920 }, (_, i) => i);
  const x = session.upload({ shape, data });
  for (const kernelSize of [2, 3, 4]) {
    const windows = slide(shape, { kernelSize });
    const { y } = session.window(greatest, { values: { x } }, windows);
    assertEquals(y.data.length, y.shape.reduce((a, b) => a * b));
    assertEquals(y.data[0], 32 * (kernelSize - 1) + kernelSize - 1);
  }
});

Deno.test("cpu() without shared memory runs on one thread and says so", async () => {
  const { SharedArrayBuffer } = globalThis;
  Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
  try {
    await assertRejects(
      () => cpu({ threads: 2 }),
      Error,
      "this runtime has no SharedArrayBuffer",
    );
    using backend = await cpu({ fusedMultiplyAdd: false });
    assertEquals(
      backend.info,
      "WebAssembly SIMD, 1 thread (no shared memory)",
    );
    using session = backend.session();
    const x = session.empty([1, 1, 2, 2]);
    x.data.set([1, 4, 2, 3]);
    session.empty([backend.memory().reserved]);
    assertEquals([...x.data], [1, 4, 2, 3]);
    const windows = slide(x.shape, { kernelSize: 2 });
    const { y } = session.window(greatest, { values: { x } }, windows);
    assertEquals([...y.data], [4]);
  } finally {
    globalThis.SharedArrayBuffer = SharedArrayBuffer;
  }
});
