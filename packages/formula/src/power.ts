import {
  constant,
  detach,
  type Expression,
  select,
  topological,
  withGradientOf,
} from "@rockpool/kernel";
import { forEach, isKnown } from "./terms.ts";

/** What is known of an exponent that is a number of the caller's. */
export type Parity = "even" | "odd" | "fraction";

/** Up to here whole powers are products. */
export const LARGEST_PRODUCT = 16;

/** The parity of a number. */
export function parityOf(exponent: number): Parity {
  if (!Number.isInteger(exponent)) return "fraction";
  return exponent % 2 === 0 ? "even" : "odd";
}

/**
 * A power: of negative bases too where the exponent is whole, else NaN there.
 *
 * @param parity of an exponent that is no constant
 */
export function raise(
  base: Expression,
  exponent: Expression,
  parity: Parity = "fraction",
): Expression {
  if (!isKnown(exponent)) return general(base, exponent, parity);
  const p = exponent.value;
  if (isKnown(base)) return constant(base.value ** p);
  if (p === 0) return forEach(constant(1), base);
  if (p === 0.5) return base.sqrt();
  if (p === -0.5) return constant(1).div(base.sqrt());
  if (Number.isInteger(p) && Math.abs(p) <= LARGEST_PRODUCT) {
    const power = product(base, Math.abs(p));
    return p < 0 ? constant(1).div(power) : power;
  }
  return general(base, exponent, parityOf(p));
}

function general(
  base: Expression,
  exponent: Expression,
  parity: Parity,
): Expression {
  if (isKnown(base)) {
    const { value } = base;
    if (value === Math.E) return exponent.exp();
    if (value > 0) return exponent.mul(Math.log(value)).exp();
  }
  const magnitude = base.abs();
  if (parity === "even") return magnitude.pow(exponent);
  if (parity === "odd") {
    const value = select(base.lt(0), -1, 1).mul(magnitude.pow(exponent));
    const slope = exponent.mul(magnitude.pow(exponent.sub(1)));
    return withGradientOf(value, base.mul(detach(slope)));
  }
  const power = base.pow(exponent);
  if (!varies(exponent)) return power;
  // By the rules alone 0 · ln 0 would be NaN: a power of 0 is 0 all around.
  const slope = exponent.mul(base.pow(exponent.sub(1)));
  const byExponent = select(base.eq(0), 0, power.mul(base.log()));
  return withGradientOf(
    power,
    base.mul(detach(slope)).add(exponent.mul(detach(byExponent))),
  );
}

/** Whether something has a gradient. */
function varies(x: Expression): boolean {
  return topological([x]).some(({ operation }) =>
    ["element", "channel", "tap"].includes(operation)
  );
}

/** xⁿ by multiplication. */
function product(x: Expression, n: number): Expression {
  if (n === 1) return x;
  if (n % 2 === 1) return product(x, n - 1).mul(x);
  const half = product(x, n / 2);
  return half.mul(half);
}
