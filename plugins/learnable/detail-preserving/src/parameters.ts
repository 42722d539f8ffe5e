import {
  detach,
  type Expression,
  select,
  sigmoid,
  softplus,
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

/** ln ln(1 + e^θ), which is θ for θ far below 0. */
function logSoftplus(theta: Expression): Expression {
  const value = softplus(theta);
  const low = theta.lt(-20);
  return withGradientOf(
    select(low, theta, value.log()),
    theta.mul(detach(select(low, 1, sigmoid(theta).div(value)))),
  );
}
