import { assertEquals, assertThrows } from "@std/assert";
import { concatKernel } from "./concat.ts";
import { interpreter } from "./interpreter.ts";

function matrix(rows: number, columns: number, first: number) {
  const data = Float32Array.from(
    { length: rows * columns },
    (_, i) => first + i,
  );
  return { shape: [rows, columns], data };
}

Deno.test("concat() puts values one behind the other, and takes gradients apart", () => {
  using session = interpreter().session({ mode: "train" });
  const a = session.upload(matrix(2, 1, 1));
  const b = session.upload(matrix(2, 2, 10));
  const y = session.concat([a, b], concatKernel, 1);
  assertEquals(y.shape, [2, 3]);
  assertEquals([...y.data], [1, 10, 11, 2, 12, 13]);
  const gradients = session.grad(y, session.upload(matrix(2, 3, 0)), [a, b]);
  assertEquals(gradients.map(({ data }) => [...data]), [[0, 3], [1, 2, 4, 5]]);
});

Deno.test("a value that stands twice gets both gradients", () => {
  using session = interpreter().session({ mode: "train" });
  const a = session.upload(matrix(1, 2, 1));
  const y = session.concat([a, a], concatKernel, 0);
  const [gradient] = session.grad(y, session.upload(matrix(2, 2, 1)), [a]);
  assertEquals([...gradient.data], [4, 6]);
});

Deno.test("concat() refuses what does not fit", () => {
  using session = interpreter().session();
  const a = session.upload(matrix(2, 2, 0));
  const b = session.upload(matrix(1, 1, 0));
  const refused = (values: (typeof a)[], axis: number, message: string) =>
    assertThrows(
      () => session.concat(values, concatKernel, axis),
      Error,
      message,
    );
  refused([], 0, "Cannot join no values: one is needed");
  refused([a], 2, "along axis 2: they have 2 axes");
  refused([a, b], 0, "shapes 2×2 and 1×1 along axis 0: all other lengths");
});

Deno.test("concat() needs a kernel", () => {
  using session = interpreter().session();
  const x = session.empty([1, 2]);
  assertThrows(
    () => session.concat([x, x], { name: "no kernel" }, 1),
    TypeError,
    "Cannot run concat without its kernel: concatKernel of @rockpool/kernel is needed",
  );
});
