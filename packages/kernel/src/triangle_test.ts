import { assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";
import { triangle, type TriangleOptions } from "./triangle.ts";

/** Symmetric, with a different number in each pair of places. */
const data = Float32Array.of(1, 2, 3, 2, 4, 5, 3, 5, 6);
const matrices = {
  shape: [2, 3, 3],
  data: Float32Array.of(...data, ...data.map((x) => 10 * x)),
};

async function triangles(options: TriangleOptions) {
  using session = interpreter().session({ mode: "train" });
  const x = session.upload(matrices);
  const y = triangle(session, x, options);
  const dy = { shape: y.shape, data: new Float32Array(12).map((_, i) => i) };
  const [gradient] = session.grad(y, session.upload(dy), [x]);
  return {
    y: (await session.read(y)).data,
    gradient: (await session.read(gradient)).data,
  };
}

for (
  const [order, expected] of [
    ["row", [1, 2, 3, 4, 5, 6]],
    ["col", [1, 2, 4, 3, 5, 6]],
    ["diagFirst", [1, 4, 6, 2, 3, 5]],
  ] as const
) {
  Deno.test(`triangle() in order ${order}, with a symmetric gradient`, async () => {
    const { y, gradient } = await triangles({ order, offDiagScale: 4 });
    const isDiagonal = (x: number) => [1, 4, 6].includes(x);
    const scaled = expected.map((x) => isDiagonal(x) ? x : 4 * x);
    assertEquals([...y], [...scaled, ...scaled.map((x) => 10 * x)]);
    const share = (x: number, item: number) => {
      const arriving = 6 * item + expected.findIndex((value) => value === x);
      return isDiagonal(x) ? arriving : 2 * arriving;
    };
    assertEquals(
      [...gradient],
      [0, 1].flatMap((item) => Array.from(data, (x) => share(x, item))),
    );
  });
}

Deno.test("triangle() needs square matrices", () => {
  using session = interpreter().session();
  const x = session.upload({ shape: [1, 2, 3], data: new Float32Array(6) });
  assertThrows(
    () => triangle(session, x, { order: "row", offDiagScale: 1 }),
    RangeError,
    "Cannot take triangles of 1×2×3",
  );
});
