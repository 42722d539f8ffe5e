import { slide, windowKernel } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { backendTests } from "./backend_tests.ts";

const test = backendTests("share()");

const square = windowKernel(
  "square",
  ["x"],
  ({ x }, fold) => fold.sum(x.mul(x)),
);
const X = { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };

test("gives the same memory in another session, and a gradient", async (backend) => {
  using lasting = backend.session();
  const x = lasting.upload(X);
  const { live } = backend.memory();
  for (let step = 0; step < 2; step++) {
    using session = backend.session({ mode: "train" });
    const shared = session.share(x);
    assertEquals(backend.memory().live, live);
    const windows = slide(x.shape, { axes: 1, kernelSize: 2 });
    const { y } = session.window(square, { values: { x: shared } }, windows);
    const dy = session.upload({ shape: [1, 2], data: Float32Array.of(1, 10) });
    const [dx] = session.grad(y, dy, [shared]);
    assertEquals([...(await session.read(dx)).data], [2, 4, 60, 80]);
  }
  assertEquals(backend.memory().live, live);
  assertEquals([...(await lasting.read(x)).data], [1, 2, 3, 4]);
});

test("keeps a value that its first session frees", async (backend) => {
  using session = backend.session();
  const first = backend.session();
  const shared = session.share(first.upload(X));
  first[Symbol.dispose]();
  assertEquals([...(await session.read(shared)).data], [1, 2, 3, 4]);
});

test("refuses a value that is freed", (backend) => {
  using session = backend.session();
  using other = backend.session();
  const x = other.upload(X);
  other.free(x);
  assertThrows(
    () => session.share(x),
    TypeError,
    "Cannot share a value that belongs to another backend or is freed",
  );
});
