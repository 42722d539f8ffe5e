import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { type Tensor, validateOptions } from "@rockpool/core";
import { interpreter, matmulKernel } from "@rockpool/kernel";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { grassmann } from "./grassmann.ts";

const x = float32([[2, 0], [0, 1]]);

checkExamples(grassmann, [
  {
    name: "the basis of a line",
    inputs: { x },
    options: { axes: 1, k: 1 },
    outputs: { y: float32([[1], [0]]) },
    gradOutput: float32([[0], [1]]),
    gradients: { x: float32([[0, 1 / 3], [2 / 3, 0]]) },
  },
  {
    name: "the projection onto a line",
    inputs: { x },
    options: { axes: 1, k: 1, output: "projector" },
    outputs: { y: float32([[1, 0], [0, 0]]) },
    gradOutput: float32([[0, 1], [0, 0]]),
    gradients: { x: float32([[0, 1 / 3], [2 / 3, 0]]) },
  },
  {
    name: "one location is its direction",
    inputs: { x: float32([3, -4]) },
    options: { axes: 0, k: 1 },
    outputs: { y: float32([[-.6], [.8]]) },
    gradOutput: float32([[1], [0]]),
    // (I − u uᵀ) g / ‖x‖, of −x.
    gradients: { x: float32([-.128, -.096]) },
  },
  {
    name: "nothing has no subspace",
    inputs: { x: float32([[0, 0], [0, 0]]) },
    options: { axes: 1, k: 2 },
    outputs: { y: float32([[0, 0], [0, 0]]) },
    gradients: { x: float32([[0, 0], [0, 0]]) },
  },
  {
    name: "a column beyond the rank is 0",
    inputs: { x: float32([[1, 1], [0, 0], [0, 0]]) },
    options: { axes: 1, k: 2 },
    outputs: { y: float32([[1, 0], [0, 0], [0, 0]]) },
    gradients: { x: float32([[0, 0], [.5, .5], [.5, .5]]) },
  },
  {
    name: "equal eigenvalues within the subspace do not matter",
    inputs: { x: float32([[2, 0, 0], [0, 2, 0], [0, 0, 1]]) },
    options: { axes: 1, k: 2, output: "projector" },
    outputs: { y: float32([[1, 0, 0], [0, 1, 0], [0, 0, 0]]) },
    gradOutput: float32([[0, 0, 1], [0, 0, 0], [0, 0, 0]]),
    gradients: {
      x: float32([[0, 0, 1 / 3], [0, 0, 0], [2 / 3, 0, 0]]),
    },
  },
  {
    name: "the triangle of a projection",
    inputs: { x: float32([[1, 1], [1, 1]]) },
    options: {
      axes: 1,
      k: 1,
      output: "projector",
      triu: true,
      order: "diagFirst",
      offDiagScale: 4,
    },
    outputs: { y: float32([.5, .5, 2]) },
  },
  {
    name: "a number that is none is everywhere",
    inputs: { x: float32([[1, NaN], [0, 1]]) },
    options: { axes: 1, k: 1 },
    outputs: { y: float32([[NaN], [NaN]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(grassmann, {
  cases: (["basis", "projector"] as const).flatMap((output) => [
    { shape: [2, 24, 5, 4], options: { k: 3, output } },
    { shape: [2, 8, 9, 24], options: { k: 5, output, layout: "NHWC" } },
    { shape: [2, 6], options: { k: 1, output, axes: 0 } },
  ]),
  skip: {
    finiteDifferences: [{
      where: ({ options: { gradient, output, k } }) =>
        gradient === "subspace" && output !== "projector" && k !== 1,
      reason: "turns within the subspace are left out",
    }, {
      where: ({ options: { gapTol } }) => gapTol === 0.5,
      reason: "eigenvalues count as equal that are not",
    }],
    extremes: {
      where: ({ options: { offDiagScale } }) => Number(offDiagScale) > 100,
      reason: "rounding errors are scaled up, too",
    },
  },
});

/** Numbers in no order. */
function numbers(shape: readonly number[], phase: number): Tensor {
  const length = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length },
    (_, i) => Math.sin(i * i + phase) + Math.cos(3 * i + phase),
  );
  return { shape, data };
}

for (const [channels, locations] of [[5, 9], [9, 5]]) {
  Deno.test(`both gradients agree where the basis does not matter, ${channels} channels at ${locations} locations`, () => {
    const k = 3;
    const gradients = (["full", "subspace"] as const).map((gradient) => {
      using session = interpreter().session({ mode: "train" });
      const x = session.upload(numbers([1, channels, locations], 1));
      const options = { axes: 1, k, gradient };
      const { y: u } = session.run(grassmann, { x }, { options });
      // ‖Uᵀ W‖², as in the paper's classifier, by its gradient 2 W Wᵀ U.
      const w = session.upload(numbers([channels, 2], 2));
      const across = session.matmul([w, u], matmulKernel, { transposeA: true });
      return session.grad(session.matmul([w, across], matmulKernel), u, [x])[0]
        .data;
    });
    for (const [at, full] of gradients[0].entries()) {
      assertAlmostEquals(gradients[1][at], full, 1e-9);
    }
  });
}

Deno.test("grassmann refuses more dimensions than there are, and triangles of bases", () => {
  const shapeOf = (options: object) =>
    grassmann.shape(
      { x: [2, 5, 2, 2] },
      validateOptions(grassmann.options, { k: 4, ...options }),
    );
  assertEquals(shapeOf({}), [2, 5, 4]);
  assertEquals(shapeOf({ output: "projector" }), [2, 5, 5]);
  assertEquals(shapeOf({ output: "projector", triu: true }), [2, 15]);
  assertThrows(
    () => shapeOf({ k: 5 }),
    RangeError,
    "5 channels at 4 locations have 4 at most",
  );
  assertThrows(() => shapeOf({ triu: true }), RangeError, "of a basis");
});
