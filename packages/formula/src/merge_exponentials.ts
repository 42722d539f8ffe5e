import { Expression } from "@rockpool/kernel";
import type { Computed } from "./compute.ts";
import type { Power } from "./materials.ts";

/**
 * The same formula with one exponential where elements had a product of some:
 * exp(a) · exp(b) is exp(a + b), which does not overflow where exp(a) alone does.
 */
export function mergeExponentials({ result, powers }: Computed): Computed {
  const done = new Map<Expression, Expression>();
  const merged = new Map<Expression, Power>();
  const visit = (x: Expression): Expression => {
    const known = done.get(x);
    if (known) return known;
    const operands = x.operands.map(visit);
    const same = Expression.of(x.operation, operands, x);
    const made = mergeFactors(same) ?? same;
    done.set(x, made);
    const power = powers.get(x);
    if (power) {
      const { exponent, raise } = power;
      merged.set(made, { base: visit(power.base), exponent, raise });
    }
    return made;
  };
  return { result: visit(result), powers: merged };
}

function mergeFactors(x: Expression): Expression | undefined {
  if (x.level !== "element" || !isProduct(x)) return undefined;
  const logarithms: Expression[] = [];
  let rest: Expression | undefined;
  const collect = (x: Expression, inverted: boolean) => {
    const [a, b] = x.operands;
    if (x.operation === "exp" && x.level === "element") {
      logarithms.push(inverted ? a.neg() : a);
    } else if (!inverted && isProduct(x)) {
      collect(a, false);
      collect(b, x.operation === "div");
    } else if (inverted) {
      rest = (rest ?? Expression.of("constant", [], { value: 1 })).div(x);
    } else {
      rest = rest ? rest.mul(x) : x;
    }
  };
  collect(x, false);
  if (logarithms.length < 2) return undefined;
  // In one order, so that equal products are equal expressions.
  const sum = logarithms.sort((a, b) => a.id - b.id)
    .reduce((sum, next) => sum.add(next));
  return rest ? rest.mul(sum.exp()) : sum.exp();
}

function isProduct({ operation }: Expression): boolean {
  return operation === "mul" || operation === "div";
}
