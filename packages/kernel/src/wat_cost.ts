import type { Expression } from "./expression.ts";
import type { Operation } from "./operation.ts";
import { topological } from "./traverse.ts";

/** Vectors that are worked on at a time: of neighbours, a cache line. */
export const VECTORS = 4;

/**
 * Vectors of elements that take long whose instructions stand in turn. Soft
 * 2×2/2 takes 3.40, 3.17 and 3.06 ns per vector of elements with 1, 2 and 4,
 * 3×3/2 4.96, 4.78 and 4.60. Rows of channels last take 2.9 ms or 2.6 in turn;
 * windows of channels last and gradients are no faster so.
 */
export const WOVEN = 4;

/** Operations that are few, and those of which one is many instructions. */
const FEW = 12;
const LONG: ReadonlySet<Operation> = new Set<Operation>([
  "exp",
  "log",
  "pow",
  "elementRandom",
]);

/**
 * How many vectors formulas are best evaluated for at a time: one where each
 * takes so long that nothing waits for the one before.
 */
export function vectorsOf(formulas: readonly Expression[]): number {
  const operations = new Map<Expression, Operation>();
  const visit = (x: Expression) => {
    if (x.level !== "element" || operations.has(x)) return;
    operations.set(x, x.operation);
    x.operands.forEach(visit);
  };
  formulas.forEach(visit);
  const long = [...operations.values()].some((it) => LONG.has(it));
  return long || operations.size > FEW ? 1 : VECTORS;
}

/** Instructions of a long operation, in elements that are read and folded. */
const LENGTH = 12;

/** How long formulas take of an element, in elements that are read and folded. */
export function costOf(formulas: readonly Expression[]): number {
  const long = topological(formulas).filter(({ level, operation }) =>
    level === "element" && LONG.has(operation)
  );
  return 1 + LENGTH * long.length;
}
