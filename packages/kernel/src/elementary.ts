import {
  constant,
  detach,
  type Expression,
  select,
  withGradientOf,
} from "./expression.ts";

/** 1 / (1 + e⁻ˣ), from 0 to 1, whose slope neither overflows nor is 0 / 0. */
export function sigmoid(x: Expression): Expression {
  const small = x.abs().neg().exp();
  const value = select(x.ge(0), 1, small).div(small.add(1));
  const slope = small.div(small.add(1)).div(small.add(1));
  return withGradientOf(value, x.mul(detach(slope)));
}

/** ln(1 + eˣ), which tends to 0 or to x; its slope is the sigmoid. */
export function softplus(x: Expression): Expression {
  const value = x.max(0).add(log1p(x.abs().neg().exp()));
  return withGradientOf(value, x.mul(detach(sigmoid(x))));
}

/** Below this magnitude {@linkcode tanh} is a series, or it would lose digits. */
const SMALL = 0.2;

/** The hyperbolic tangent, from −1 to 1, exact near 0 too. */
export function tanh(x: Expression): Expression {
  const z = x.abs().mul(-2).exp();
  const sum = z.add(1);
  const large = x.sign().mul(constant(1).sub(z).div(sum));
  const square = x.mul(x);
  const series = polynomial(square, [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835]);
  const value = select(x.abs().lt(SMALL), x.mul(series), large);
  const slope = z.mul(4).div(sum).div(sum);
  return withGradientOf(value, x.mul(detach(slope)));
}

/** ln(1 + z) for z from 0 to 1 as 2 artanh(z / (2 + z)), which keeps a small z. */
function log1p(z: Expression): Expression {
  const ratio = z.div(z.add(2));
  const series = polynomial(
    ratio.mul(ratio),
    [1, 3, 5, 7, 9, 11, 13].map((odd) => 1 / odd),
  );
  return ratio.mul(2).mul(series);
}

/** Σ cₖ xᵏ. */
function polynomial(x: Expression, coefficients: readonly number[]) {
  return coefficients.slice(0, -1).reduceRight(
    (sum, coefficient) => sum.mul(x).add(coefficient),
    constant(coefficients[coefficients.length - 1]),
  );
}
