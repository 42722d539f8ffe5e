import { constant, Expression } from "./expression.ts";
import type { ProgramOutput } from "./program.ts";

/** How many elements the windows have for which formulas are made simpler. */
export interface KnownCounts {
  /** Those inside the input. */
  readonly inside: number;
  /** Those inside the padded input. */
  readonly padded: number;
  /** Whether to multiply by 1 / n instead of dividing by it: at most 1 ulp off. */
  readonly reciprocals?: boolean;
}

/** What a program's outputs come to where the counts of windows are known. */
export function withKnownCounts(
  outputs: readonly ProgramOutput[],
  counts: KnownCounts,
): ProgramOutput[] {
  const done = new Map<Expression, Expression>();
  const visit = (x: Expression): Expression => {
    let result = done.get(x);
    if (!result) done.set(x, result = simpler(x, x.operands.map(visit)));
    return result;
  };
  const simpler = (x: Expression, operands: Expression[]): Expression => {
    const { operation } = x;
    if (operation === "count") return constant(counts.inside);
    if (operation === "paddedCount") return constant(counts.padded);
    const [a, b] = operands;
    const isKnown = (y: Expression) => y?.operation === "constant";
    if ((operation === "max" || operation === "min") && isKnown(a)) {
      if (isKnown(b)) return constant(Math[operation](a.value, b.value));
    }
    if (operation === "div" && isKnown(b) && counts.reciprocals) {
      return a.mul(1 / b.value);
    }
    return Expression.of(operation, operands, x);
  };
  return outputs.map(({ name, value }) => ({ name, value: visit(value) }));
}
