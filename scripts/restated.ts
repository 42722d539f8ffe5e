/**
 * Built-in operators as formulas, for a test that compares them.
 *
 * @module
 */

/** A built-in operator and a formula that gives the same. */
export interface Restated {
  /** The built-in operator. */
  readonly operator: string;
  /** Its options besides those of its windows. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The formula. */
  readonly formula: string;
  /** Its parameters, besides the options of its windows. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Whether both only agree, or only have numbers, above 0. */
  readonly positive?: boolean;
  /** Whether a window is all of a plane. */
  readonly global?: boolean;
  /** Windows that are tried instead of those of all others. */
  readonly windows?: readonly Readonly<Record<string, unknown>>[];
}

/** The mean with PyTorch's divisor, in which padding counts. */
const PADDED_MEAN = "sum(x) / max(count(padded), 1)";

/** Windows over which a filter can lie just where the pooling does. */
const UNPADDED = [
  { kernelSize: 3, stride: 2 },
  { kernelSize: 2, stride: 1, layout: "NHWC" },
];

/** What of detail-preserving pooling all of its formulas share. */
const DETAIL = `
  alpha = learn(0, per channel)
  lambda = learn(0, per channel)
  epsilon = 0.001
  w = exp(alpha) + ((delta ^ 2 + epsilon) / m) ^ (exp(lambda) / 2)
  sum(w * x) / sum(w)`;

/** `DETAIL` with the lines that define what it reads. */
function detail(...lines: readonly string[]): string {
  const [start, end] = DETAIL.split("  w =");
  return `${start}  ${lines.join("\n  ")}\n  w =${end}`;
}

/** Every windowed operator restated, with all that changes its formula. */
export const RESTATED: readonly Restated[] = [
  { operator: "average", formula: PADDED_MEAN },
  {
    operator: "average",
    options: { countIncludePad: false },
    formula: "mean(x)",
  },
  {
    operator: "average",
    options: { divisorOverride: 5 },
    formula: "divisor = 3; sum(x) / divisor",
    parameters: { divisor: 5 },
  },
  { operator: "max", formula: "max(x)" },
  { operator: "max", formula: "at(x, argmax(x))" },
  {
    operator: "power-average",
    options: { normType: 3 },
    formula: "p = 2; (sum(x ^ p) * size() / count(padded)) ^ (1 / p)",
    parameters: { p: 3 },
    positive: true,
  },
  {
    operator: "power-average",
    options: { normType: 2.5, signMode: "abs", partialWindow: "sum" },
    formula: "p = option(2, above = 0); sum(abs(x) ^ p) ^ (1 / p)",
    parameters: { p: 2.5 },
  },
  {
    operator: "power-average",
    options: { normType: 2, average: true },
    formula: "sqrt(mean(x ^ 2))",
  },
  {
    operator: "power-average",
    options: { normType: 21, average: true, signMode: "abs" },
    formula: "p = 2; mean(abs(x) ^ p) ^ (1 / p)",
    parameters: { p: 21 },
  },
  {
    operator: "power-average",
    options: { normType: Infinity, signMode: "abs" },
    formula: "max(abs(x))",
  },
  { operator: "soft", formula: "sum(x * exp(x)) / sum(exp(x))" },
  {
    operator: "soft",
    options: { temperature: 0.5 },
    formula: "beta = 1; w = exp(beta * x); sum(w * x) / sum(w)",
    parameters: { beta: 0.5 },
  },
  {
    operator: "soft",
    options: { gradient: "paper" },
    formula: "w = detach(exp(x)); sum(w * x) / sum(w)",
  },
  {
    operator: "mixed",
    options: { lambda: 0.3 },
    formula: `lambda = 0.5; lambda * max(x) + (1 - lambda) * ${PADDED_MEAN}`,
    parameters: { lambda: 0.3 },
  },
  {
    operator: "mixed",
    options: { lambda: 0.3, learnLambda: "channel", countIncludePad: false },
    formula: `
      lambda = learn(0.3, per channel, min = 0, max = 1)
      lambda * max(x) + (1 - lambda) * mean(x)`,
  },
  {
    operator: "mixed",
    options: { lambda: 0.3, learnLambda: "layer", countIncludePad: false },
    formula: "lambda = learn(0.3); lambda * max(x) + (1 - lambda) * mean(x)",
  },
  {
    // Its draws have the slot 2, and so has the second draw of a formula.
    operator: "mixed",
    options: { probability: 0.25, granularity: "window" },
    formula: `
      p = option(0.5, min = 0, max = 1)
      first = random()
      second = random()
      lambda = training ? (second < p ? 1 : 0) : p
      lambda * max(x) + (1 - lambda) * ${PADDED_MEAN}`,
    parameters: { p: 0.25 },
  },
  {
    operator: "stochastic",
    formula: `
      a = relu(x)
      training ? at(x, draw(a)) : max(a) > 0 ? sum(a * a) / sum(a) : 0`,
  },
  {
    operator: "stochastic",
    options: { negative: "shift" },
    formula: `
      a = x - detach(min(x))
      training ? at(x, draw(max(a) > 0 ? a : 1))
        : max(a) > 0 ? sum(a * x) / sum(a) : mean(x)`,
  },
  {
    operator: "local-importance",
    formula: `
      logit = input()
      sum(x * exp(logit)) / sum(exp(logit))`,
  },
  {
    operator: "detail-preserving",
    formula: detail("delta = x - mean(x)", "m = 1"),
  },
  {
    operator: "detail-preserving",
    options: { variant: "asym", normalize: "mean" },
    formula: detail(
      "delta = relu(x - mean(x))",
      "m = mean(delta ^ 2 + epsilon)",
    ),
  },
  {
    operator: "detail-preserving",
    options: { parametrization: "softplus", shared: true, normalize: "sum" },
    formula: `
      alpha = learn(0)
      lambda = learn(0)
      square = (x - mean(x)) ^ 2 + 0.001
      w = softplus(alpha) + (square / sum(square)) ^ (softplus(lambda) / 2)
      sum(w * x) / sum(w)`,
  },
  ...UNPADDED.map((windows): Restated => ({
    operator: "detail-preserving",
    options: {
      guide: "full",
      filterSize: windows.kernelSize,
      filterPadding: 0,
      filterBias: true,
    },
    windows: [windows],
    formula: detail(
      `filter = learn(${1 / windows.kernelSize ** 2}, per position)`,
      "bias = learn(0, per channel)",
      "delta = x - (sum(filter * x) + bias)",
      "m = 1",
    ),
  })),
  { operator: "global-average", formula: "mean(x)", global: true },
  {
    operator: "global-average",
    options: { mode: "max" },
    formula: "max(x)",
    global: true,
  },
  {
    operator: "global-average",
    options: { mode: "avgmax" },
    formula: "(mean(x) + max(x)) / 2",
    global: true,
  },
  {
    operator: "generalized-mean",
    formula: `
      p = learn(3, min = 1)
      eps = 0.000001
      mean(max(x, eps) ^ p) ^ (1 / p)`,
    global: true,
  },
  {
    operator: "generalized-mean",
    options: { perChannel: true, p: 2.5, eps: 0.01 },
    formula: `
      p = learn(2.5, per channel, min = 1)
      eps = 0.01
      mean(max(x, eps) ^ p) ^ (1 / p)`,
    global: true,
  },
];

/** The operators that no formula over a sliding window gives, and why. */
export const NOT_RESTATED: Readonly<Record<string, string>> = {
  bilinear: "multiplies channels with each other",
  "compact-bilinear": "multiplies channels with each other",
  covariance: "multiplies channels with each other",
  grassmann: "multiplies channels with each other",
  "low-rank-bilinear": "multiplies channels with each other",
  "dynamic-optimized": "interpolates points in a size that is learned",
  "fractional-max": "draws where its windows stand",
  s3: "draws the rows and columns of its windows",
  "max-unpool": "has no windows, but places for its elements",
  "spatial-pyramid": "has windows of several sizes in one output",
  roi: "has windows that boxes place",
  "roi-align": "interpolates points of boxes",
  "position-sensitive-roi": "has windows that boxes place, of many channels",
};
