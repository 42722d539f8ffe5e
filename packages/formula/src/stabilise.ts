import {
  constant,
  detach,
  Expression,
  fold,
  isConstant,
  LEAST_NORMAL,
  select,
} from "@rockpool/kernel";
import type { Computed } from "./compute.ts";
import type { Exponent, Power } from "./materials.ts";
import { mergeExponentials } from "./merge_exponentials.ts";
import { isKnown } from "./terms.ts";

/** A weight of elements that may overflow, and one in proportion to it. */
interface Weight {
  /** exp(l), or a power. */
  readonly of: Expression;
  /** The weight over the greatest of its window: from 0 to 1, and once 1. */
  readonly scaled: Expression;
  /** The logarithm of what it was divided by. */
  readonly logarithm: Expression;
  /** Of a power, what its base was divided by. */
  readonly scale?: Expression;
}

/** What is in proportion to a weight. */
interface Linear {
  readonly weight: Weight;
  /** Whether it is the weight alone, or its sum, times a number of the window. */
  readonly plain: boolean;
  /** The same of the scaled weight. */
  scaled(): Expression;
}

/**
 * The same formula without the overflows that are provably needless.
 *
 * For W = exp(l) or W = tᵖ with p ≥ 1 let g be the greatest of a window, a
 * constant for the gradient, and V = W / g, of which one is 1 and none is
 * greater. Then ΣV lies between 1 and the number of elements, and
 *
 * - Σ a W / Σ W = Σ a V / Σ V, also for W alone in the numerator,
 * - log(c Σ W) = log(c Σ V) + log g,
 * - (c Σ tᵖ)^(1/p) = (c Σ V)^(1/p) · g^(1/p),
 *
 * for every a, for which no exponential, power or quotient of elements makes up
 * for what V lacks below the smallest float32, and every c of the window. All
 * else is left as it is.
 */
export function stabilise(
  computed: Computed,
  exponents: ReadonlyMap<Expression, Exponent>,
): Expression {
  const { result, powers } = mergeExponentials(computed);
  return new Stabiliser(powers, exponents).visit(result);
}

/** Scales between these have normal reciprocals, which no GPU flushes to 0. */
const LARGEST_SCALE = 1 / LEAST_NORMAL;

class Stabiliser {
  readonly #done = new Map<Expression, Expression>();
  readonly #weights = new Map<Expression, Weight | undefined>();

  constructor(
    readonly powers: ReadonlyMap<Expression, Power>,
    readonly exponents: ReadonlyMap<Expression, Exponent>,
  ) {}

  /** The expression, with what is in it made stable. */
  visit(x: Expression): Expression {
    let done = this.#done.get(x);
    if (!done) {
      done = this.#quotient(x) ?? this.#logarithm(x) ?? this.#root(x) ??
        Expression.of(x.operation, x.operands.map((y) => this.visit(y)), x);
      this.#done.set(x, done);
    }
    return done;
  }

  #quotient(x: Expression): Expression | undefined {
    if (x.operation !== "div") return undefined;
    const [above, below] = x.operands;
    const total = this.#total(below);
    const part = total && this.#linear(above);
    if (!part || part.weight.of !== total.weight.of) return undefined;
    return part.scaled().div(total.scaled());
  }

  #logarithm(x: Expression): Expression | undefined {
    if (x.operation !== "log") return undefined;
    const total = this.#total(x.operands[0]);
    return total?.scaled().log().add(total.weight.logarithm);
  }

  #root(x: Expression): Expression | undefined {
    const root = this.powers.get(x);
    const total = root && this.#total(root.base);
    const power = total && this.powers.get(total.weight.of);
    const scale = total?.weight.scale;
    if (!power || !scale || !areInverse(power.exponent, root.exponent)) {
      return undefined;
    }
    // The root of 0 has no slope: 0 lies between those of both sides.
    const sum = total.scaled();
    const isZero = sum.eq(0);
    return select(isZero, 0, root.raise(select(isZero, 1, sum))).mul(scale);
  }

  /** A weight's sum over the window, times a number of the window. */
  #total(x: Expression): Linear | undefined {
    if (x.level !== "window") return undefined;
    const linear = this.#linear(x);
    return linear?.plain ? linear : undefined;
  }

  #linear(x: Expression): Linear | undefined {
    const weight = this.#weight(x);
    if (weight) return { weight, plain: true, scaled: () => weight.scaled };
    const [a, b] = x.operands;
    switch (x.operation) {
      case "neg":
        return this.#like(a, (a) => a.neg());
      case "detach":
        return this.#like(a, detach);
      case "sum":
        return this.#like(a, (a) => fold.sum(a));
      case "mul":
        return this.#product(a, b, (a, b) => a.mul(b)) ??
          this.#product(b, a, (b, a) => a.mul(b));
      case "div":
        return b.level === "element"
          ? undefined
          : this.#product(a, b, (a, b) => a.div(b));
      case "add":
      case "sub": {
        const [left, right] = [this.#linear(a), this.#linear(b)];
        if (!left || left.weight.of !== right?.weight.of) return undefined;
        const scaled = () =>
          left.scaled()[x.operation as "add"](right.scaled());
        return { weight: left.weight, plain: false, scaled };
      }
    }
    return undefined;
  }

  #like(
    x: Expression,
    make: (x: Expression) => Expression,
  ): Linear | undefined {
    const linear = this.#linear(x);
    return linear && { ...linear, scaled: () => make(linear.scaled()) };
  }

  /** A linear factor and another one, in this order. */
  #product(
    x: Expression,
    factor: Expression,
    make: (x: Expression, factor: Expression) => Expression,
  ): Linear | undefined {
    const linear = this.#linear(x);
    if (!linear) return undefined;
    const isOfElement = factor.level === "element";
    if (isOfElement && !isTame(factor)) return undefined;
    return {
      weight: linear.weight,
      plain: linear.plain && !isOfElement,
      scaled: () => make(linear.scaled(), this.visit(factor)),
    };
  }

  #weight(x: Expression): Weight | undefined {
    if (x.level !== "element") return undefined;
    if (!this.#weights.has(x)) {
      const power = this.powers.get(x);
      this.#weights.set(
        x,
        x.operation === "exp"
          ? this.#exponential(x)
          : power && this.#power(x, power),
      );
    }
    return this.#weights.get(x);
  }

  /** exp(l) = exp(l − m) · exp(m) with m = max l, where that is finite. */
  #exponential(x: Expression): Weight | undefined {
    const logit = this.visit(x.operands[0]);
    if (isShifted(logit)) return undefined;
    const greatest = fold.max(logit);
    const shift = detach(select(greatest.abs().lt(Infinity), greatest, 0));
    return { of: x, scaled: logit.sub(shift).exp(), logarithm: shift };
  }

  /** tᵖ = (t / s)ᵖ · sᵖ with s = max |t|. */
  #power(x: Expression, { base, exponent, raise }: Power): Weight | undefined {
    const atLeastOne = isKnown(exponent)
      ? exponent.value >= 1
      : this.exponents.get(exponent)?.atLeastOne;
    if (!atLeastOne || base.level !== "element") return undefined;
    const t = this.visit(base);
    const greatest = fold.max(t.abs()).max(LEAST_NORMAL).min(LARGEST_SCALE);
    const scale = detach(greatest);
    return {
      of: x,
      scaled: raise(t.mul(constant(1).div(scale))),
      logarithm: scale.log().mul(exponent),
      scale,
    };
  }
}

/** Whether l is at most 0 already, and 0 once. */
function isShifted({ operation, operands: [a, b] }: Expression): boolean {
  if (operation !== "sub") return false;
  const greatest = b.operation === "detach" ? b.operands[0] : b;
  return greatest.operation === "foldMax" && greatest.operands[0] === a;
}

/** Whether p · q is 1. */
function areInverse(p: Expression, q: Expression): boolean {
  if (isKnown(p) && isKnown(q)) return Math.abs(p.value * q.value - 1) < 1e-12;
  return q.operation === "div" && isConstant(q.operands[0], 1) &&
    q.operands[1] === p;
}

/** Whether a factor has no exponential, power or quotient of elements. */
function isTame({ operation, operands, level }: Expression): boolean {
  if (level !== "element") return true;
  if (["exp", "pow", "ldexp"].includes(operation)) return false;
  if (operation === "div" && operands[1].level === "element") return false;
  return operands.every(isTame);
}
