import { constant, type Expression, select } from "./expression.ts";
import { fold } from "./fold.ts";

/** The smallest normal number of float32: what is less may count as 0. */
export const LEAST_NORMAL: number = 2 ** -126;

/** Bits of the integers that weights become, and of their sum. */
const BITS = { weight: 24, sum: 32 };

/**
 * Where an element stands that is drawn with a probability proportional to its
 * weight; −1 where no weight is positive.
 *
 * Sums of floating-point numbers depend on their order, and so would the
 * choice. Weights are therefore counted as integers of at most 24 bits in
 * proportion to the greatest, few enough bits that the sum has at most 32:
 * every backend draws the same element. Below 2⁻²³ of the greatest a weight
 * counts as 0; beside an infinite one only infinite ones count.
 *
 * @param weight a number for each element, of which negative ones and NaN count
 * as 0; windows have at most 2¹⁶ elements
 * @param word 32 random bits for each window: `windowWord` of a formula
 *
 * @example The only element with a weight
 * ```ts
 * import { drawIndex, interpretWindow, windowKernel } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const draw = windowKernel("draw", ["x"], ({ x }, _fold, { windowWord }) =>
 *   drawIndex(x, windowWord(1)));
 * assertEquals(interpretWindow(draw, { x: [0, -1, 3, 0] }).y, 2);
 * ```
 */
export function drawIndex(weight: Expression, word: Expression): Expression {
  const positive = select(weight.ge(LEAST_NORMAL), weight, 0);
  const greatest = fold.max(positive);
  // ⌈log₂ n⌉ for n elements; half an element less keeps powers of two apart.
  const countBits = fold.count().sub(0.5).exponent().add(1);
  const bits = constant(BITS.sum).sub(countBits).min(BITS.weight);
  const scale = bits.sub(1).sub(greatest.exponent());
  const isInfinite = greatest.eq(Infinity);
  const lots = select(
    isInfinite,
    select(positive.eq(Infinity), 1, 0),
    positive.ldexp(scale),
  ).asIndex();
  return fold.pick(lots, word.mulHigh(fold.sum(lots)));
}
