import {
  constant,
  detach,
  type Expression,
  leaf,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** The greatest finite number of float32. */
const GREATEST = (2 - 2 ** -23) * 2 ** 127;

/** The name of the fraction along one of the axes that are interpolated. */
export function fractionName(axis: number): string {
  return `fraction${axis}`;
}

/**
 * Linear reading between two elements along each of so many axes.
 *
 * An element without a share does not count, whatever it is. Where a window
 * has an element that is not finite, its shares have no gradient: 0 · ∞ would
 * spoil the gradient of a weight even where another query wins.
 */
export const multilinear: readonly WindowKernel[] = [0, 1, 2, 3]
  .map(multilinearOf);

function multilinearOf(axes: number): WindowKernel {
  const names = Array.from({ length: axes }, (_, a) => fractionName(a));
  return windowKernel(
    `multilinear-${axes}`,
    ["x"],
    ({ x, ...fractions }, fold) => {
      if (axes === 0) return fold.sum(x);
      const shares = sharesOf(names.map((name) => fractions[name]));
      const share = product(shares);
      const isFinite = fold.max(x.abs()).le(GREATEST);
      const byShares = shares.map((one, a) => {
        const slope = product(shares.toSpliced(a, 1)).mul(x);
        return one.mul(detach(select(isFinite, slope, 0)));
      });
      const byElement = detach(share).mul(x);
      return fold.sum(withGradientOf(
        select(share.eq(0), 0, share.mul(x)),
        byShares.reduce((sum, term) => sum.add(term), byElement),
      ));
    },
    { windows: names },
  );
}

/** The share of a window's element along each axis: 1 − f of the first, else f. */
function sharesOf(fractions: readonly Expression[]): Expression[] {
  // With two elements along each axis, the index of one is a binary number.
  let rest = leaf("tapIndex");
  return fractions.map((fraction, a) => {
    const place = 2 ** (fractions.length - 1 - a);
    const isSecond = rest.ge(place);
    rest = select(isSecond, rest.sub(place), rest);
    const sign = select(isSecond, 1, -1);
    return select(isSecond, 0, 1).add(sign.mul(fraction));
  });
}

function product(factors: readonly Expression[]): Expression {
  return factors.reduce((all, one) => all.mul(one), constant(1));
}

/** What two values become; the first of equal ones wins, and the first NaN. */
export const pairs: Readonly<Record<"max" | "average", WindowKernel>> = {
  max: windowKernel(
    "greater",
    ["first", "second"],
    ({ first, second }, fold) =>
      fold.sum(select(first.isNaN().or(second.le(first)), first, second)),
  ),
  average: windowKernel(
    "mean-of-two",
    ["first", "second"],
    ({ first, second }, fold) => fold.sum(first.mul(0.5).add(second.mul(0.5))),
  ),
};
