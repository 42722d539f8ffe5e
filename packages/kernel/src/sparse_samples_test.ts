import { assertEquals, assertThrows } from "@std/assert";
import { interpreter } from "./interpreter.ts";
import { sparseSamples } from "./sparse_samples.ts";

const rows = {
  offsets: Int32Array.of(0, 2, 2, 3),
  entries: Int32Array.of(3, 0, 1),
  weights: Float32Array.of(2, 1, -1),
};

Deno.test("sparseSamples() sums the same positions of every plane", () => {
  const spatial = [2, 2];
  const planes = [[1, 2, 3, 4], [10, 20, 30, 40], [5, 6, 7, 8], [0, 0, 0, 1]];
  const sums = [[9, 0, -2], [90, 0, -20], [21, 0, -6], [2, 0, 0]];
  const arriving = [[1, 5, 2], [3, 5, 4], [0, 5, 1], [10, 5, 0]];
  const shares = arriving.map(([a, , b]) => [a, 0 - b, 0, 2 * a]);
  const flat = (of: number[][], layout: string) =>
    Float32Array.from(
      layout === "NCHW"
        ? of.flat()
        : [[of[0], of[1]], [of[2], of[3]]].flatMap(([a, b]) =>
          a.flatMap((x, at) => [x, b[at]])
        ),
    );
  for (const layout of ["NCHW", "NHWC"] as const) {
    using session = interpreter().session({ mode: "train" });
    const shapeOf = (spatial: number[]) =>
      layout === "NCHW" ? [2, 2, ...spatial] : [2, ...spatial, 2];
    const x = session.upload({
      shape: shapeOf(spatial),
      data: flat(planes, layout),
    });
    const y = session.sample(
      x,
      sparseSamples(x.shape, { rows, outputSize: [3, 1], layout }),
    );
    assertEquals(y.shape, shapeOf([3, 1]));
    assertEquals([...y.data], [...flat(sums, layout)]);
    const dy = session.upload({ shape: y.shape, data: flat(arriving, layout) });
    const [gradient] = session.grad(y, dy, [x]);
    assertEquals([...gradient.data], [...flat(shares, layout)]);
  }
});

Deno.test("sparseSamples() takes an input without a batch, and a batch of nothing", () => {
  assertEquals(
    sparseSamples([1, 4], { rows, outputSize: [3] }).outputShape,
    [1, 3],
  );
  using session = interpreter().session({ mode: "train" });
  const x = session.empty([0, 1, 4]);
  const y = session.sample(
    x,
    sparseSamples(x.shape, { rows, outputSize: [3] }),
  );
  assertEquals(y.shape, [0, 1, 3]);
  assertEquals(session.grad(y, session.empty(y.shape), [x])[0].shape, x.shape);
});

Deno.test("sparseSamples() refuses rows that do not fit", () => {
  assertThrows(
    () => sparseSamples([1, 1, 4], { rows, outputSize: [2] }),
    RangeError,
    "Cannot sample 2 positions by 3 rows of 3 entries and 3 weights",
  );
  assertThrows(
    () => sparseSamples([1, 1, 3], { rows, outputSize: [3] }),
    RangeError,
    "Cannot sample position 3: a plane of the input has 3",
  );
});
