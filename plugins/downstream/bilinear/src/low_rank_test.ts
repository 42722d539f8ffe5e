import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { initialWeight, validateOptions } from "@rockpool/core";
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { lowRankBilinear } from "./low_rank.ts";

const x = float32([[1, 2], [0, 1]]);
const weights = {
  projection: float32([[1, 0], [0, 1]]),
  positive: float32([[[1, 1]]]),
  negative: float32([[[.5, -.5]]]),
  bias: float32([.1]),
};
const one = { axes: 1, numClasses: 1, rank: 1 };

checkExamples(lowRankBilinear, [
  {
    name: "a class with a factor for and one against it",
    inputs: { x },
    options: { ...one, projDim: 2 },
    weights,
    outputs: { y: float32([9.6]) },
    gradients: {
      x: float32([[1.5, 5.5], [2.5, 6.5]]),
      positive: float32([[[14, 6]]]),
      negative: float32([[[-3, -1]]]),
      // The paper's P, with rows and columns exchanged.
      projection: float32([[12.5, 5.5], [15.5, 6.5]]),
      bias: float32([1]),
    },
  },
  {
    name: "two locations more than channels give the same by Z Zᵀ",
    inputs: { x: float32([[1, 2, 0, 0], [0, 1, 0, 0]]) },
    options: { ...one, projDim: 2 },
    weights,
    outputs: { y: float32([9.6]) },
    gradients: {
      x: float32([[1.5, 5.5, 0, 0], [2.5, 6.5, 0, 0]]),
      positive: float32([[[14, 6]]]),
      negative: float32([[[-3, -1]]]),
      projection: float32([[12.5, 5.5], [15.5, 6.5]]),
      bias: float32([1]),
    },
  },
  {
    name: "signed roots of the features come first",
    inputs: { x: float32([4, -9]) },
    options: {
      axes: 0,
      numClasses: 1,
      rank: 1,
      signedSqrt: true,
      useNegative: false,
      bias: false,
    },
    weights: { positive: weights.positive },
    // (2 − 3)²
    outputs: { y: float32([1]) },
    gradients: { x: float32([-1 / 2, -1 / 3]), positive: float32([[[-4, 6]]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

conform(lowRankBilinear, {
  cases: [{
    shape: [2, 4],
    options: { axes: 0, numClasses: 3, projDim: 2 },
  }],
  skip: {
    finiteDifferences: {
      where: ({ options }) => options.signedSqrt === true,
      reason: "a root bends too much at 0, and has a slope of its own there",
    },
  },
});

Deno.test("low-rank-bilinear has the weights that its options ask for", () => {
  const of = (options: object) => {
    const all = validateOptions(lowRankBilinear.options, {
      numClasses: 8,
      ...options,
    });
    return lowRankBilinear.weights!({ x: [1, 32, 7, 7] }, all);
  };
  const shapes = (options: object) =>
    Object.fromEntries(
      Object.entries(of(options))
        .map(([name, { shape }]) => [name, [...shape]]),
    );
  assertEquals(shapes({}), {
    positive: [8, 4, 32],
    negative: [8, 4, 32],
    bias: [8],
  });
  assertEquals(
    shapes({ useNegative: false, bias: false, projDim: 5, rank: 2 }),
    { positive: [8, 2, 5], projection: [5, 32] },
  );
  const weights = of({ projDim: 16, rank: 8 });
  const variances = { positive: 1 / 4, projection: 1 / 32 };
  for (const [name, variance] of Object.entries(variances)) {
    const weight = weights[name as keyof typeof variances];
    const data = [...initialWeight(weight).data];
    const sum = data.reduce((sum, x) => sum + x * x, 0);
    assertAlmostEquals(sum / data.length, variance, .03);
  }
});

Deno.test("low-rank-bilinear does not project to more channels", () => {
  const options = { numClasses: 2, projDim: 4 };
  assertThrows(
    () =>
      lowRankBilinear.shape(
        { x: [1, 3, 7, 7] },
        validateOptions(lowRankBilinear.options, options),
      ),
    RangeError,
    "Cannot project 3 channels to 4",
  );
});
