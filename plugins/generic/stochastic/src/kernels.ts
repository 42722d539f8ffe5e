import {
  constant,
  detach,
  drawIndex,
  type Expression,
  fold,
  LEAST_NORMAL,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** What names the draws among all random numbers of a call. */
export const SLOT = 0x01;

/** What negative elements count as. */
export type Negative = "clamp" | "error" | "shift";

/** Draws an element of each window; also gives where it stands. */
export const drawn: Readonly<Record<Negative, WindowKernel>> = {
  clamp: drawKernel("clamp"),
  error: drawKernel("error"),
  shift: drawKernel("shift"),
};

/** The expectation, which takes the place of drawing. */
export const expected: Readonly<Record<Negative, WindowKernel>> = {
  clamp: meanKernel("clamp"),
  error: meanKernel("error"),
  shift: meanKernel("shift"),
};

/** a: what the probability of an element is proportional to. */
function activation(x: Expression, negative: Negative): Expression {
  if (negative !== "shift") return x.max(0);
  const least = fold.min(x);
  // −∞ − (−∞) is no number.
  return select(x.eq(least), 0, x.sub(least));
}

/** Whether no element of the window stands out from 0, or from the least. */
function vanishes(greatest: Expression): Expression {
  return greatest.lt(LEAST_NORMAL);
}

function drawKernel(negative: Negative): WindowKernel {
  return windowKernel(
    `stochastic-${negative}`,
    ["x"],
    ({ x }, fold, { windowWord }) => {
      const a = activation(x, negative);
      const weight = negative === "shift"
        ? select(vanishes(fold.max(a)), 1, a)
        : a;
      const at = drawIndex(weight, windowWord(SLOT));
      const indices = select(fold.max(x).isNaN(), fold.argmax(x), at);
      return { y: refuse(x, negative, fold.at(x, indices)), indices };
    },
  );
}

/** y = Σ p v with p = a / Σ a, and v = a, or x where a is shifted. */
function meanKernel(negative: Negative): WindowKernel {
  return windowKernel(
    `stochastic-mean-${negative}`,
    ["x"],
    ({ x }, fold) => {
      const a = activation(x, negative);
      const v = negative === "shift" ? x : a;
      const greatest = fold.max(a);
      const none = vanishes(greatest);
      // In proportion to the greatest, nothing overflows.
      const scale = select(none, 1, greatest);
      const share = select(
        none,
        negative === "shift" ? 1 : 0,
        select(a.eq(greatest), 1, a.div(scale)),
      );
      const total = select(none, fold.count().max(1), fold.sum(share));
      const p = share.div(total);
      const y = fold.sum(select(p.eq(0), 0, p.mul(v)));
      // dy/dv = p + (v − y) / Σ a, of which the second part is 0 / 0 where all
      // are alike, and ∞ / ∞ beside infinity.
      const slope = select(
        none.or(greatest.eq(Infinity)),
        p,
        p.add(v.sub(y).div(scale).div(total)),
      );
      const mean = withGradientOf(y, fold.sum(detach(slope).mul(v)));
      return refuse(x, negative, mean);
    },
  );
}

/** What is no number where a negative element is an error. */
function refuse(
  x: Expression,
  negative: Negative,
  y: Expression,
): Expression {
  return negative === "error" ? select(fold.min(x).lt(0), constant(NaN), y) : y;
}
