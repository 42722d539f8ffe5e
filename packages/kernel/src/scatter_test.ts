import { assertEquals, assertThrows } from "@std/assert";
import type { ScatterOptions } from "@rockpool/core";
import { interpreter, type InterpreterValue } from "./interpreter.ts";
import { scatterKernel } from "./scatter.ts";

const LINE = { axes: 1, layout: "NCHW" } as const;

/** Places values 1, 2, 3 and so on; gives the numbers of the output. */
function placed(
  shape: number[],
  indices: number[],
  options: ScatterOptions,
): number[] {
  using session = interpreter().session();
  const values = indices.map((_, index) => index + 1);
  const y = session.scatter(
    [
      session.upload({ shape, data: Float32Array.from(values) }),
      session.upload({ shape, data: Int32Array.from(indices) }),
    ],
    scatterKernel,
    options,
  );
  return [...(y as InterpreterValue).data];
}

const examples: [
  what: string,
  shape: number[],
  indices: number[],
  options: ScatterOptions,
  expected: number[],
][] = [
  ["puts values where indices say", [1, 1, 2], [3, 0], {
    shape: [1, 1, 4],
    ...LINE,
  }, [2, 0, 0, 1]],
  ["counts inside each plane", [1, 2, 2], [0, 1, 1, 2], {
    shape: [1, 2, 3],
    ...LINE,
  }, [1, 2, 0, 0, 3, 4]],
  ["places nothing at −1", [1, 1, 2], [-1, 1], {
    shape: [1, 1, 2],
    ...LINE,
  }, [0, 2]],
  ["lets the later of two win", [1, 1, 3], [1, 0, 1], {
    shape: [1, 1, 2],
    ...LINE,
  }, [2, 3]],
  ["strides over channels that stand last", [1, 2, 2], [2, 0, 1, 1], {
    ...LINE,
    shape: [1, 3, 2],
    layout: "NHWC",
  }, [0, 2, 3, 4, 1, 0]],
  ["works without a batch", [1, 2], [1, 0], { shape: [1, 2], ...LINE }, [2, 1]],
];
for (const [what, shape, indices, options, expected] of examples) {
  Deno.test(`scatter() ${what}`, () => {
    assertEquals(placed(shape, indices, options), expected);
  });
}

Deno.test("the gradient of a placed value is that of its place, overwritten or not", () => {
  using session = interpreter().session({ mode: "train" });
  const shape = [1, 1, 3];
  const values = session.upload({ shape, data: Float32Array.of(7, 8, 9) });
  const indices = session.upload({ shape, data: Int32Array.of(1, 1, -1) });
  const y = session.scatter([values, indices], scatterKernel, {
    shape: [1, 1, 2],
    ...LINE,
  });
  const dy = { shape: y.shape, data: Float32Array.of(10, 20) };
  const [gradient] = session.grad(y, session.upload(dy), [values]);
  assertEquals([...gradient.data], [20, 20, 0]);
});

const refused: [what: string, act: () => unknown, message: string][] = [
  [
    "an index behind its plane",
    () => placed([1, 1, 1], [2], { shape: [1, 1, 2], ...LINE }),
    "invalid max index 2, −1 to 1 are needed",
  ],
  [
    "an index below −1",
    () => placed([1, 1, 1], [-2], { shape: [1, 1, 2], ...LINE }),
    "invalid max index -2",
  ],
  [
    "other channels",
    () => placed([1, 1, 1], [0], { shape: [1, 2, 2], ...LINE }),
    "items and channels must be the same",
  ],
];
for (const [what, act, message] of refused) {
  Deno.test(`scatter() refuses ${what}`, () => {
    assertThrows(act, RangeError, message);
  });
}

Deno.test("scatter() wants float32 values at int32 indices of their shape", () => {
  using session = interpreter().session();
  const floats = session.empty([1, 1, 2]);
  const options = { shape: [1, 1, 4], ...LINE };
  assertThrows(
    () => session.scatter([floats, floats], scatterKernel, options),
    TypeError,
    "float32 values and int32 indices are needed",
  );
  const one = session.upload({ shape: [1, 1, 1], data: Int32Array.of(0) });
  assertThrows(
    () => session.scatter([floats, one], scatterKernel, options),
    RangeError,
    "the same shape is needed",
  );
});

Deno.test("scatter() needs a kernel", () => {
  using session = interpreter().session();
  const values = session.empty([1, 1, 2]);
  const kernel = { name: "no kernel" };
  const options = { shape: [1, 1, 4], ...LINE };
  assertThrows(
    () => session.scatter([values, values], kernel, options),
    TypeError,
    "scatterKernel of @rockpool/kernel is needed",
  );
});
