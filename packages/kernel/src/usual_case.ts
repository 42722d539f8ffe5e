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

/** The usual case of a program; undefined where it has no likely conditions. */
export function usualCase({ outputs }: Program): UsualCase | undefined {
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
      conditions.add(usual(condition.operands[0]));
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
