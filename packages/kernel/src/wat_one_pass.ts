import type { Expression } from "./expression.ts";
import { foldPasses, type Program, type ProgramOutput } from "./program.ts";
import { substitute } from "./traverse.ts";
import { usualCase } from "./usual_case.ts";
import { isPointwise } from "./wat_columns_separable.ts";

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
  const { outputs, conditions: all } = usualCase(program) ??
    { ...program, conditions: [] };
  const [conditions, checks] = dividedConditions(outputs, all);
  const asked = conditions.map((value) => ({ name: "", value }));
  const [folds, ...later] = foldPasses([...outputs, ...asked]);
  if (!folds || later.length > 0) return undefined;
  return { folds, outputs, conditions, checks };
}

/**
 * Conditions of windows, and of elements. What holds of all elements holds of
 * the greatest, too: a condition of an extreme that nothing else needs is one
 * of the elements.
 */
function dividedConditions(
  outputs: readonly ProgramOutput[],
  conditions: readonly Expression[],
): [conditions: Expression[], checks: Expression[]] {
  const needed = new Set(foldPasses(outputs).flat());
  const left: Expression[] = [];
  const checks: Expression[] = [];
  for (const condition of conditions) {
    const folds = foldPasses([{ name: "", value: condition }]).flat();
    const [fold, ...others] = folds;
    const isOfElements = others.length === 0 && fold && !needed.has(fold) &&
      fold.operation.startsWith("fold") && isPointwise(fold.operands[0]);
    if (!isOfElements) left.push(condition);
    else {
      checks.push(
        substitute(condition, (x) => x === fold ? x.operands[0] : undefined),
      );
    }
  }
  return [left, checks];
}
