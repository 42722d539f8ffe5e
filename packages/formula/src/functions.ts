import {
  constant,
  type Expression,
  select,
  sigmoid,
  softplus,
  tanh,
} from "@rockpool/kernel";
import { isKnown } from "./terms.ts";

/** A function of a formula, as the lists of functions describe it. */
export interface FunctionSpec {
  /** How it is written: `clamp(a, low, high)`. */
  readonly usage: string;
  /** The fewest arguments that it takes. */
  readonly least: number;
  /** The most arguments that it takes. */
  readonly most: number;
  /** What it gives. */
  readonly help: string;
  /** The word that it takes instead of a value, if any. */
  readonly word?: string;
}

function takes(
  usage: string,
  help: string,
  { least, most, word }: Partial<FunctionSpec> = {},
): FunctionSpec {
  const count = usage.endsWith("()") ? 0 : usage.split(",").length;
  return { usage, help, least: least ?? count, most: most ?? count, word };
}

/** Every function of a formula. */
export const FUNCTIONS: Readonly<Record<string, FunctionSpec>> = {
  sum: takes("sum(a)", "the sum over the window; 0 of no elements"),
  mean: takes("mean(a)", "the sum over the number of elements; 0 of none"),
  max: takes(
    "max(a)",
    "the greatest over the window; of several arguments, the greatest of them",
    { most: Infinity },
  ),
  min: takes(
    "min(a)",
    "the smallest over the window; of several arguments, the smallest of them",
    { most: Infinity },
  ),
  argmax: takes("argmax(a)", "where the greatest stands: an index"),
  argmin: takes("argmin(a)", "where the smallest stands: an index"),
  draw: takes(
    "draw(a)",
    "where an element stands that is drawn in proportion to a: an index",
  ),
  at: takes("at(a, index)", "a of the element that stands there"),
  count: takes(
    "count()",
    "the number of elements; count(padded): with padding",
    {
      most: 1,
      word: "padded",
    },
  ),
  size: takes("size()", "the number of positions of a whole window"),
  random: takes(
    "random()",
    "a number in [0, 1) for each window; random(element): for each element",
    { most: 1, word: "element" },
  ),
  abs: takes("abs(a)", "the magnitude"),
  sign: takes("sign(a)", "−1, 0 or 1; its gradient is 0"),
  floor: takes("floor(a)", "the next integer below; its gradient is 0"),
  ceil: takes("ceil(a)", "the next integer above; its gradient is 0"),
  round: takes("round(a)", "the nearest integer; its gradient is 0"),
  sqrt: takes("sqrt(a)", "the square root"),
  exp: takes("exp(a)", "e to the power of a"),
  log: takes("log(a)", "the natural logarithm"),
  log2: takes("log2(a)", "the logarithm to base 2"),
  log10: takes("log10(a)", "the logarithm to base 10"),
  pow: takes("pow(a, b)", "a to the power of b, as a ^ b"),
  tanh: takes("tanh(a)", "the hyperbolic tangent"),
  sigmoid: takes("sigmoid(a)", "1 / (1 + exp(−a))"),
  softplus: takes("softplus(a)", "log(1 + exp(a))"),
  relu: takes("relu(a)", "a where it is positive, else 0"),
  clamp: takes("clamp(a, low, high)", "a, but within limits"),
  select: takes("select(c, a, b)", "a where c holds, else b, as c ? a : b"),
  isNaN: takes("isNaN(a)", "whether a is not a number: a condition"),
  detach: takes("detach(a)", "a, as a constant for the gradient"),
  withGradient: takes("withGradient(a, b)", "a, with the gradient of b"),
};

/** A function of one number. */
interface Elementwise {
  of(x: Expression): Expression;
  ofNumber(x: number): number;
}

/** The functions of one number, which are applied to each element by itself. */
export const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  abs: { of: (x) => x.abs(), ofNumber: Math.abs },
  sign: { of: (x) => x.sign(), ofNumber: Math.sign },
  floor: { of: (x) => x.floor(), ofNumber: Math.floor },
  ceil: { of: (x) => x.neg().floor().neg(), ofNumber: Math.ceil },
  round: { of: (x) => x.add(0.5).floor(), ofNumber: Math.round },
  exp: { of: (x) => x.exp(), ofNumber: Math.exp },
  log: { of: (x) => x.log(), ofNumber: Math.log },
  log2: { of: (x) => x.log().mul(Math.LOG2E), ofNumber: Math.log2 },
  log10: { of: (x) => x.log().mul(Math.LOG10E), ofNumber: Math.log10 },
  tanh: { of: tanh, ofNumber: Math.tanh },
  sigmoid: { of: sigmoid, ofNumber: (x) => 1 / (1 + Math.exp(-x)) },
  softplus: {
    of: softplus,
    ofNumber: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  },
  // NaN is not below 0 and stays.
  relu: {
    of: (x) => select(x.le(0), 0, x),
    ofNumber: (x) => Math.max(x, 0),
  },
};

/** A function of one number, applied at once where that is known. */
export function applyElementwise(
  { of, ofNumber }: Elementwise,
  x: Expression,
): Expression {
  return isKnown(x) ? constant(ofNumber(x.value)) : of(x);
}
