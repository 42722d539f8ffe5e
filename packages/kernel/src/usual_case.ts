import type { Expression } from "./expression.ts";
import type { Program, ProgramOutput } from "./program.ts";
import { substitute } from "./traverse.ts";

/** What a program comes to where all conditions hold that are likely. */
export interface UsualCase {
  /** What it writes then. */
  readonly outputs: readonly ProgramOutput[];
  /** The conditions, of a window each, in terms of the usual case. */
  readonly conditions: readonly Expression[];
}

/** Conditions that together are this one. */
function parts(condition: Expression): Expression[] {
  return condition.operation === "and"
    ? condition.operands.flatMap(parts)
    : [condition];
}

/** Whether a condition compares a constant with itself. */
function isAlwaysMet({ operation, operands: [a, b] }: Expression): boolean {
  return operation === "eq" && a === b && a.operation === "constant";
}

/** The usual case of a program; undefined where it has no likely conditions. */
export function usualCase(
  { outputs }: Pick<Program, "outputs">,
): UsualCase | undefined {
  const conditions = new Set<Expression>();
  const usual = (root: Expression): Expression =>
    substitute(root, (x) => {
      if (x.operation !== "select" && x.operation !== "selectIndex") {
        return undefined;
      }
      const [condition, yes] = x.operands;
      if (condition.operation !== "likely" || condition.level === "element") {
        return undefined;
      }
      for (const part of parts(condition.operands[0])) {
        const condition = usual(part);
        if (!isAlwaysMet(condition)) conditions.add(condition);
      }
      return usual(yes);
    });
  const simpler = outputs.map(({ name, value }) => ({
    name,
    value: usual(value),
  }));
  return conditions.size > 0
    ? { outputs: simpler, conditions: [...conditions] }
    : undefined;
}
