import { constant, type Expression, select } from "@rockpool/kernel";

/** What becomes of each eigenvalue. */
export interface SpectralFunction {
  /** f(x) for a positive number. */
  value(x: number): number;
  /** f(λ + ε) − f(ε); for ε = 0 it is f(λ). */
  rise(eigenvalue: Expression, eps: Expression): Expression;
  /**
   * (f(a + ε) − f(b + ε)) / (a − b), and f′ where both are equal, from the
   * lesser of a + ε and b + ε and the distance of a and b.
   */
  slope(low: Expression, distance: Expression): Expression;
  /** The slope towards an eigenvalue of 0; 0 where there is none. */
  slopeToZero(eigenvalue: Expression, eps: Expression): Expression;
}

/** The terms of the series; they are enough for double precision. */
const TERMS = 16;

/**
 * ln((low + distance) / low) / distance, and 1 / low for a distance of 0.
 *
 * With r = distance / (2 low + distance) it is 2 artanh(r) / distance. The
 * series of that loses no digits for equal numbers, as the logarithm would.
 */
export function logarithmicSlope(
  low: Expression,
  distance: Expression,
): Expression {
  const sum = low.add(low).add(distance);
  const ratio = distance.div(sum);
  const square = ratio.mul(ratio);
  let series: Expression = constant(1 / (2 * TERMS - 1));
  for (let power = 2 * TERMS - 3; power > 0; power -= 2) {
    series = series.mul(square).add(1 / power);
  }
  return select(
    ratio.le(1 / 3),
    constant(2).div(sum).mul(series),
    low.add(distance).div(low).log().div(distance),
  );
}

/** The functions by their option's names. */
export const spectralFunctions: Readonly<
  Record<"log" | "sqrt", SpectralFunction>
> = {
  log: {
    value: Math.log,
    rise: (eigenvalue, eps) =>
      select(
        eps.eq(0),
        eigenvalue.log(),
        eigenvalue.mul(logarithmicSlope(eps, eigenvalue)),
      ),
    slope: logarithmicSlope,
    // With ε = 0 no eigenvalue may be 0, or nothing is a number.
    slopeToZero: (eigenvalue, eps) =>
      select(eps.eq(0), 0, logarithmicSlope(eps, eigenvalue)),
  },
  sqrt: {
    value: Math.sqrt,
    rise: (eigenvalue, eps) => eigenvalue.mul(rootSlope(eps, eigenvalue)),
    slope: rootSlope,
    slopeToZero: (eigenvalue, eps) => rootSlope(eps, eigenvalue),
  },
};

/** 1 / (√low + √(low + distance)), or 0 where that is infinite. */
function rootSlope(low: Expression, distance: Expression): Expression {
  const sum = low.sqrt().add(low.add(distance).sqrt());
  return select(sum.eq(0), 0, constant(1).div(select(sum.eq(0), 1, sum)));
}
