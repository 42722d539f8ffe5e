import {
  constant,
  detach,
  type Expression,
  select,
  withGradientOf,
} from "@rockpool/kernel";
import type { DetailPreservingOptions, Parametrization } from "./options.ts";

/** α and λ of a channel as the formula needs them. */
export interface Parameters {
  /** ln α; −∞ where α is 0. */
  readonly logAlpha: Expression;
  /** α · exp(−shift), for a shift that is at least ln α. */
  alphaOver(shift: Expression): Expression;
  /** λ. */
  readonly lambda: Expression;
}

type Leaves = Readonly<Record<string, Expression>>;

/** α and λ of what is stored, α limited in value but not in its gradient. */
export const parameters: Readonly<
  Record<Parametrization, (leaves: Leaves) => Parameters>
> = {
  exp: ({ alpha, lambda, limit }) =>
    ofLogarithm(limited(alpha, limit), lambda.exp()),
  softplus: ({ alpha, lambda, limit }) =>
    ofLogarithm(limited(logSoftplus(alpha), limit), softplus(lambda)),
  direct({ alpha, lambda, limit }) {
    const effective = limited(alpha, limit);
    return {
      logAlpha: effective.log(),
      // e^88 is the last power that float32 has.
      alphaOver: (shift) => effective.mul(shift.neg().min(88).exp()),
      lambda,
    };
  },
};

/** The scalar `limit` of {@linkcode parameters}: the greatest α or ln α. */
export function limitOf(
  { maxLogAlpha, parametrization }: DetailPreservingOptions,
): number {
  const most = maxLogAlpha ?? Infinity;
  const limit = parametrization === "direct" ? Math.exp(most) : most;
  return Math.max(-3e38, Math.min(limit, 3e38));
}

function ofLogarithm(logAlpha: Expression, lambda: Expression): Parameters {
  return {
    logAlpha,
    alphaOver: (shift) => logAlpha.sub(shift).exp(),
    lambda,
  };
}

function limited(value: Expression, limit: Expression): Expression {
  return withGradientOf(value.min(limit), value);
}

/** ln(1 + e^θ). */
function softplus(theta: Expression): Expression {
  const { value, slope } = softplusOf(theta);
  return withGradientOf(value, theta.mul(detach(slope)));
}

/** ln ln(1 + e^θ), which is θ for θ far below 0. */
function logSoftplus(theta: Expression): Expression {
  const { value, slope } = softplusOf(theta);
  const low = theta.lt(-20);
  return withGradientOf(
    select(low, theta, value.log()),
    theta.mul(detach(select(low, 1, slope.div(value)))),
  );
}

/** ln(1 + e^θ) and its derivative, neither of which overflows. */
function softplusOf(theta: Expression) {
  const small = theta.abs().neg().exp();
  return {
    value: theta.max(0).add(log1p(small)),
    slope: select(theta.ge(0), 1, small).div(small.add(1)),
  };
}

/** ln(1 + z) for z from 0 to 1 as 2 artanh(z / (2 + z)), which keeps a small z. */
function log1p(z: Expression): Expression {
  const ratio = z.div(z.add(2));
  const square = ratio.mul(ratio);
  let series = constant(1 / 13);
  for (const odd of [11, 9, 7, 5, 3, 1]) {
    series = series.mul(square).add(1 / odd);
  }
  return ratio.mul(2).mul(series);
}
