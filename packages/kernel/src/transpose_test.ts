import { assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";
import { transpose } from "./transpose.ts";

Deno.test("transpose() exchanges rows and columns, and those of a gradient", async () => {
  using session = interpreter().session({ mode: "train" });
  const data = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
  const x = session.upload({ shape: [2, 2, 3], data });
  const y = transpose(session, x);
  assertEquals(await session.read(y), {
    shape: [2, 3, 2],
    data: Float32Array.of(1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60),
  });
  const [gradient] = session.grad(y, y, [x]);
  assertEquals(await session.read(gradient), { shape: [2, 2, 3], data });
});

Deno.test("transpose() needs a batch of matrices", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [2, 3], data: new Float32Array(6) });
  assertThrows(
    () => transpose(session, x),
    TypeError,
    "Cannot transpose a value of rank 2: a batch of matrices is needed",
  );
});
