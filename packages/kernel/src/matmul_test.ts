import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { MatmulKernel, MatmulOptions } from "@rockpool/core";
import { interpreter } from "./interpreter.ts";
import { matmulKernel } from "./matmul.ts";

function matrix(shape: number[], ...numbers: number[]) {
  return { shape, data: Float32Array.from(numbers) };
}

/** Numbers in no order. */
function filled(shape: number[], phase: number) {
  const size = shape.reduce((n, length) => n * length, 1);
  const numbers = Array.from(
    { length: size },
    (_, i) => Math.fround(Math.sin(phase + i * i)),
  );
  return matrix(shape, ...numbers);
}

Deno.test("matmul() multiplies rows by columns", async () => {
  using session = interpreter().session();
  const a = session.upload(matrix([2, 3], 1, 2, 3, 4, 5, 6));
  const b = session.upload(matrix([3, 1], 1, 10, 100));
  const { shape, data } = await session.read(
    session.matmul([a, b], matmulKernel),
  );
  assertEquals({ shape, data: [...data] }, { shape: [2, 1], data: [321, 654] });
});

const sizes = { m: 2, k: 3, n: 4, batch: 3 };
for (const aBatch of [false, true]) {
  for (const bBatch of [false, true]) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const options = { transposeA, transposeB };
        const { m, k, n, batch } = sizes;
        const shape = (
          batched: boolean,
          turned: boolean,
          a: number,
          b: number,
        ) => [
          ...batched ? [batch] : [],
          ...turned ? [b, a] : [a, b],
        ];
        const aShape = shape(aBatch, transposeA, m, k);
        const bShape = shape(bBatch, transposeB, k, n);
        const turns = [
          transposeA ? " transposed" : "",
          transposeB ? " transposed" : "",
        ];
        Deno.test(`the gradients of matmul() of ${aShape.join("×")}${turns[0]} by ${bShape.join("×")}${turns[1]} are its slopes`, () => {
          checkSlopes(aShape, bShape, options);
        });
      }
    }
  }
}

function checkSlopes(
  aShape: number[],
  bShape: number[],
  options: MatmulOptions,
) {
  const operands = [filled(aShape, 1), filled(bShape, 2)];
  using session = interpreter().session({ mode: "train" });
  const [a, b] = operands.map((it) => session.upload(it));
  const y = session.matmul([a, b], matmulKernel, options);
  const dy = filled([...y.shape], 3);
  const gradients = session.grad(y, session.upload(dy), [a, b]);
  const lossAt = (which: number, at: number, step: number) => {
    using other = interpreter().session();
    const [left, right] = operands.map(({ shape, data }, index) => {
      const moved = data.slice();
      if (index === which) moved[at] += step;
      return other.upload({ shape, data: moved });
    });
    return other.matmul([left, right], matmulKernel, options).data
      .reduce((sum, value, index) => sum + value * dy.data[index], 0);
  };
  const step = 2 ** -10;
  for (const [which, gradient] of gradients.entries()) {
    assertEquals(gradient.shape, operands[which].shape);
    for (const [at, share] of gradient.data.entries()) {
      const slope = (lossAt(which, at, step) - lossAt(which, at, -step)) /
        (2 * step);
      assertAlmostEquals(slope, share, 1e-3);
    }
  }
}

Deno.test("matmul() of a matrix with itself adds both gradients", () => {
  using session = interpreter().session({ mode: "train" });
  const a = session.upload(matrix([1, 1], 3));
  const y = session.matmul([a, a], matmulKernel);
  const [gradient] = session.grad(y, session.upload(matrix([1, 1], 1)), [a]);
  assertEquals([...gradient.data], [6]);
});

Deno.test("matmul() sums nothing to zeros, and takes an empty batch", async () => {
  using session = interpreter().session({ mode: "train" });
  const a = session.upload(matrix([2, 0]));
  const b = session.upload(matrix([0, 2]));
  assertEquals([
    ...(await session.read(session.matmul([a, b], matmulKernel))).data,
  ], [
    0,
    0,
    0,
    0,
  ]);
  const none = session.upload(matrix([0, 2, 1]));
  const row = session.upload(matrix([1, 2], 1, 2));
  const y = session.matmul([row, none], matmulKernel);
  assertEquals(y.shape, [0, 1, 1]);
  const [gradient] = session.grad(y, session.upload(matrix([0, 1, 1])), [row]);
  assertEquals([...gradient.data], [0, 0]);
});

Deno.test("matmul() refuses matrices that do not fit", () => {
  using session = interpreter().session();
  const upload = (shape: number[]) => session.upload(filled(shape, 0));
  assertThrows(
    () => session.matmul([upload([2, 3]), upload([2, 3])], matmulKernel),
    RangeError,
    "Cannot multiply matrices of 2×3 and 2×3: the first must have as many columns as the second has rows",
  );
  assertThrows(
    () => session.matmul([upload([2, 2, 3]), upload([3, 3, 2])], matmulKernel),
    RangeError,
    "both must have the same batch, or one none",
  );
  assertThrows(
    () => session.matmul([upload([3]), upload([3, 1])], matmulKernel),
    TypeError,
  );
  const indices = session.upload({ shape: [1, 1], data: Int32Array.of(1) });
  assertThrows(
    () => session.matmul([indices, indices], matmulKernel),
    TypeError,
    "int32",
  );
});

Deno.test("matmul() needs a kernel", () => {
  using session = interpreter().session();
  const x = session.empty([2, 2]);
  for (const kernel of [undefined, { name: "no kernel" }]) {
    assertThrows(
      () => session.matmul([x, x], kernel as MatmulKernel),
      TypeError,
      "matmulKernel of @rockpool/kernel is needed",
    );
  }
});
