import { assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";

const six = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

Deno.test("reshape() gives the same numbers in another shape", async () => {
  using session = interpreter().session();
  const y = session.reshape(session.upload(six), [1, 6]);
  const { shape, data } = await session.read(y);
  assertEquals({ shape, data: [...data] }, {
    shape: [1, 6],
    data: [1, 2, 3, 4, 5, 6],
  });
});

Deno.test("a gradient passes through reshape() to the value's shape", () => {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(six);
  const y = session.reshape(session.reshape(x, [6]), [3, 2]);
  const dy = session.upload({ ...six, shape: [3, 2] });
  const [gradient] = session.grad(y, dy, [x]);
  assertEquals(gradient.shape, [2, 3]);
  assertEquals([...gradient.data], [1, 2, 3, 4, 5, 6]);
});

Deno.test("memory is given back with the last of the values that share it", async () => {
  const backend = interpreter();
  using session = backend.session();
  const x = session.upload(six);
  const y = session.reshape(x, [6]);
  assertEquals(backend.memory().live, 48);
  session.free(x);
  assertEquals(backend.memory().live, 48);
  assertEquals([...(await session.read(y)).data], [1, 2, 3, 4, 5, 6]);
  session.free(y);
  assertEquals(backend.memory().live, 0);
});

Deno.test("reshape() needs as many elements", () => {
  using session = interpreter().session();
  const x = session.upload(six);
  assertThrows(
    () => session.reshape(x, [4]),
    RangeError,
    "Cannot reshape 2×3 to 4: 6 elements are needed, not 4",
  );
});
