import { Expression } from "./expression.ts";
import { foldPasses, type Program } from "./program.ts";
import { substitute } from "./traverse.ts";
import { type UsualCase, usualCase } from "./usual_case.ts";
import { EXP_BOUNDS } from "./wat_math.ts";

/**
 * The usual case of a program as vectors best compute it: what a condition asks
 * of the magnitude of the greatest element it asks of all, which takes two
 * instructions each and knows NaN. Then powers of e need no bounds.
 */
export function usualVectors(
  program: Pick<Program, "outputs">,
): UsualCase | undefined {
  const usual = usualCase(program);
  if (!usual) return undefined;
  /** The greatest magnitudes that values of elements have. */
  const limits = new Map<Expression, number>();
  const conditions = usual.conditions.map((condition) => {
    const { operation, operands: [magnitude, limit] } = condition;
    const folds = foldPasses([{ name: "", value: condition }]).flat();
    const each = substitute(
      magnitude,
      (x) => x === folds[0] ? x.operands[0] : undefined,
    );
    const isLimit = operation === "le" && limit.operation === "constant" &&
      folds.length === 1 && folds[0].operation.startsWith("fold") &&
      each.operation === "abs";
    if (!isLimit) return condition;
    limits.set(each.operands[0], limit.value);
    return Expression.of("le", [Expression.of("foldMax", [each]), limit]);
  });
  /** What lies between bounds anyway. */
  const unbounded = (
    { operation, operands: [value, high] }: Expression,
  ): Expression | undefined => {
    if (operation !== "min" || value.operation !== "max") return undefined;
    const [inner, low] = value.operands;
    const limit = limits.get(inner) ?? Infinity;
    return high.operation === "constant" && high.value >= limit &&
        low.operation === "constant" && low.value <= -limit
      ? inner
      : undefined;
  };
  const outputs = usual.outputs.map(({ name, value }) => ({
    name,
    value: substitute(value, (x) => {
      const power = x.operation === "exp" && unbounded(x.operands[0]);
      return power && limits.get(power)! <= EXP_BOUNDS
        ? Expression.of("exp", [power], { name: "bounded" })
        : unbounded(x);
    }),
  }));
  return { outputs, conditions };
}
