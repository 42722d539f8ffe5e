import { assertEquals, assertThrows } from "@std/assert";
import { expand } from "./expand.ts";
import { interpreter } from "./interpreter.ts";

Deno.test("expand() repeats along an axis, and sums gradients over the copies", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload({
    shape: [2, 1, 2],
    data: Float32Array.of(1, 2, 3, 4),
  });
  const y = expand(session, x, { axis: 1, count: 3 });
  assertEquals(y.shape, [2, 3, 2]);
  const { data } = y as typeof x;
  assertEquals([...data], [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
  const dy = session.upload({
    shape: [2, 3, 2],
    data: Float32Array.from({ length: 12 }, (_, i) => i),
  });
  const [gradient] = session.grad(y, dy, [x]);
  assertEquals([...gradient.data], [6, 9, 24, 27]);
});

Deno.test("expand() leaves a value alone that has the length", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [2], data: Float32Array.of(1, 2) });
  assertEquals(expand(session, x, { axis: 0, count: 2 }), x);
});

Deno.test("expand() to nothing gives nothing", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [1, 2], data: Float32Array.of(1, 2) });
  assertEquals(expand(session, x, { axis: 0, count: 0 }).shape, [0, 2]);
});

Deno.test("expand() needs a length of 1", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [2], data: Float32Array.of(1, 2) });
  assertThrows(
    () => expand(session, x, { axis: 0, count: 3 }),
    RangeError,
    "Cannot expand 2 to 3 along axis 0: a length of 1 is needed",
  );
});
