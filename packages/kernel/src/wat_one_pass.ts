import { Expression } from "./expression.ts";
import { foldPasses, type Program, type ProgramOutput } from "./program.ts";
import { isPointwise } from "./wat_columns_separable.ts";
import { usualVectors } from "./wat_usual_case.ts";

/** What a program evaluates in one pass over the elements of its windows. */
export interface OnePass {
  /** What it folds. */
  readonly folds: readonly Expression[];
  /** What it writes where nothing is unusual. */
  readonly outputs: readonly ProgramOutput[];
  /** What must hold of the windows for that. */
  readonly conditions: readonly Expression[];
  /** What must hold of each element for that. */
  readonly checks: readonly Expression[];
}

/** The one pass of a program or its usual case; undefined if they take more. */
export function onePass(program: Program): OnePass | undefined {
  const { outputs, conditions: all } = usualVectors(program) ??
    { ...program, conditions: [] };
  const [conditions, checks] = dividedConditions(outputs, all);
  const asked = conditions.map((value) => ({ name: "", value }));
  const [folds, ...later] = foldPasses([...outputs, ...asked]);
  if (!folds || later.length > 0) return undefined;
  return { folds, outputs, conditions, checks };
}

/**
 * Conditions of windows, and of elements. What holds of all elements holds of
 * the greatest, too: a bound of a maximum that nothing else needs is one of the
 * elements.
 */
function dividedConditions(
  outputs: readonly ProgramOutput[],
  conditions: readonly Expression[],
): [conditions: Expression[], checks: Expression[]] {
  const needed = new Set(foldPasses(outputs).flat());
  const left: Expression[] = [];
  const checks: Expression[] = [];
  for (const condition of conditions) {
    const { operation, operands: [fold, limit] } = condition;
    const isOfElements = operation === "le" && fold.operation === "foldMax" &&
      !needed.has(fold) && isPointwise(fold.operands[0]) &&
      limit.operation === "constant";
    if (!isOfElements) left.push(condition);
    else checks.push(Expression.of("le", [fold.operands[0], limit]));
  }
  return [left, checks];
}
