import { assertThrows } from "@std/assert";
import { checkExamples, conform, float32 } from "@rockpool/conformance";
import { interpreter } from "@rockpool/kernel";
import { detailPreserving } from "./mod.ts";

/** e − 1 is what softplus takes to 1, with the slope (e − 1) / e. */
const SOFTPLUS_OF_ONE = Math.log(Math.E - 1);
const SLOPE = (Math.E - 1) / Math.E;

const square = { x: float32([[[1, 2], [3, 6]]]) };
const worked = {
  symNone: {
    y: 3.3986528,
    x: [[[.3786903, .1793242], [-.0565913, .4985769]]],
    alpha: -.1589439,
    lambda: .5273953,
  },
  symMean: {
    y: 3.2958884,
    x: [[[.3632128, .2035428], [.0243412, .4089033]]],
    alpha: -.1638348,
    lambda: .3235731,
  },
  asymNone: {
    y: 4.2551921,
    x: [[[.0839242, .0839242], [.0839242, .7482275]]],
    alpha: -.7076453,
    lambda: .9147463,
  },
  asymMean: {
    y: 3.9790316,
    x: [[[.1666763, .1666763], [.1666763, .4999711]]],
    alpha: -.6459165,
    lambda: .5415714,
  },
} as const;

/** Outputs and gradients of a worked example, those of weights times a slope. */
function resultsOf(
  { y, x, alpha, lambda }: typeof worked[keyof typeof worked],
  slope = 1,
) {
  return {
    outputs: { y: float32([[[y]]]) },
    gradients: {
      x: float32(x),
      alpha: float32([slope * alpha]),
      lambda: float32([slope * lambda]),
    },
  };
}

checkExamples(detailPreserving, [
  {
    name: "all that stands out counts",
    inputs: square,
    options: {},
    ...resultsOf(worked.symNone),
  },
  {
    name: "squared differences are divided by their mean",
    inputs: square,
    options: { normalize: "mean" },
    ...resultsOf(worked.symMean),
  },
  {
    name: "what is above the guide counts",
    inputs: square,
    options: { variant: "asym" },
    ...resultsOf(worked.asymNone),
  },
  {
    name: "what is above the guide counts, divided by the mean",
    inputs: square,
    options: { variant: "asym", normalize: "mean" },
    ...resultsOf(worked.asymMean),
  },
  {
    name: "a box as large as the window is the mean",
    inputs: square,
    options: { guide: "full", filterSize: 2, filterPadding: 0 },
    ...resultsOf(worked.symNone),
  },
  {
    name: "parameters by softplus",
    inputs: square,
    options: { parametrization: "softplus" },
    weights: {
      alpha: float32([SOFTPLUS_OF_ONE]),
      lambda: float32([SOFTPLUS_OF_ONE]),
    },
    ...resultsOf(worked.symNone, SLOPE),
  },
  {
    name: "parameters as they are",
    inputs: square,
    options: { parametrization: "direct" },
    ...resultsOf(worked.symNone),
  },
  {
    name: "the limit of ln α changes its value, not its gradient",
    inputs: square,
    options: { maxLogAlpha: 0 },
    weights: { alpha: float32([2]) },
    ...resultsOf(worked.symNone),
  },
  {
    name: "channels share their parameters",
    inputs: { x: float32([[[1, 2], [3, 6]], [[1, 2], [3, 6]]]) },
    options: { shared: true },
    outputs: { y: float32([[[worked.symNone.y]], [[worked.symNone.y]]]) },
    gradients: {
      alpha: float32([2 * worked.symNone.alpha]),
      lambda: float32([2 * worked.symNone.lambda]),
    },
  },
  {
    name: "λ = 0 is the average",
    inputs: square,
    options: { parametrization: "direct" },
    weights: { lambda: float32([0]) },
    outputs: { y: float32([[[3]]]) },
    gradients: {
      x: float32([[[.25, .25], [.25, .25]]]),
      alpha: float32([0]),
    },
  },
  {
    name: "a large λ takes what stands out most",
    inputs: square,
    options: {},
    weights: { lambda: float32([5]) },
    outputs: { y: float32([[[6]]]) },
    gradients: { alpha: float32([0]), lambda: float32([0]) },
  },
  {
    name: "without α and differences nothing is divided by zero",
    inputs: { x: float32([[[5, 5], [5, 5]]]) },
    options: { parametrization: "direct" },
    weights: { alpha: float32([0]), lambda: float32([100]) },
    outputs: { y: float32([[[5]]]) },
    gradients: {
      x: float32([[[.25, .25], [.25, .25]]]),
      alpha: float32([0]),
      lambda: float32([0]),
    },
  },
  {
    name: "α far below and above all weights",
    inputs: { x: float32([[[1, 2], [3, 6]], [[1, 2], [3, 6]]]) },
    options: {},
    weights: { alpha: float32([-1000, 1000]) },
    outputs: { y: float32([[[3.6629878]], [[3]]]) },
    gradients: { alpha: float32([0, 0]) },
  },
  {
    name: "NaN and infinities give NaN",
    inputs: { x: float32([[NaN, 1, Infinity, 1, 1, -Infinity, 1, 2]]) },
    options: { kernelSize: [2], parametrization: "direct" },
    weights: { lambda: float32([0]) },
    outputs: { y: float32([[NaN, NaN, NaN, 1.5]]) },
  },
], { tolerance: { rtol: 1e-5, atol: 1e-6 } });

checkExamples(detailPreserving, [
  {
    name: "a constant window gives its constant",
    inputs: { x: float32([Array(9).fill(.1)]) },
    options: { kernelSize: [3] },
    outputs: { y: float32([[.1, .1, .1]]) },
  },
  {
    name: "a constant window gives its constant, whatever the guide",
    inputs: { x: float32([Array(9).fill(.1)]) },
    options: { kernelSize: [3], guide: "full", filterBias: true },
    weights: { bias: float32([7]) },
    outputs: { y: float32([[.1, .1, .1]]) },
  },
], { tolerance: { rtol: 0, atol: 0 } });

conform(detailPreserving);

Deno.test("detailPreserving() refuses filters that may lie before the input", () => {
  using session = interpreter().session();
  const x = session.upload(square.x);
  const options = { guide: "full", filterSize: 1 } as const;
  assertThrows(
    () => session.run(detailPreserving, { x }, { options }),
    RangeError,
    "Cannot pad height by 1 for the filter: filterSize 1 allows at most 0",
  );
});

Deno.test("detailPreserving() refuses parameters below 0 that are taken as they are", () => {
  using session = interpreter().session();
  const x = session.upload(square.x);
  const options = { parametrization: "direct" } as const;
  for (const name of ["alpha", "lambda"]) {
    const weights = { [name]: session.upload(float32([-1])) };
    assertThrows(
      () => session.run(detailPreserving, { x }, { options, weights }),
      RangeError,
      `its weight "${name}" holds -1, at least 0 is needed`,
    );
  }
});
