import type { Expression } from "./expression.ts";
import { isFold } from "./program.ts";
import { topological } from "./traverse.ts";

/**
 * The largest parts of a formula that have one value per window: numbers and
 * indices, which can be computed once for all elements of the window.
 */
export function windowValuesOf(formula: Expression): Expression[] {
  const found = new Set<Expression>();
  const visit = (x: Expression): void => {
    if (x.level === "uniform") return;
    if (x.level === "window" && x.type !== "bool") found.add(x);
    else x.operands.forEach(visit);
  };
  visit(formula);
  return [...found];
}

/** Whether a formula depends on the element and on nothing of its window. */
export function isOfElement(x: Expression): boolean {
  const all = topological([x]);
  return x.level === "element" &&
    all.every((y) =>
      !isFold(y) &&
      (y.operands.length > 0 || OF_ELEMENT.has(y.operation))
    );
}

const OF_ELEMENT: ReadonlySet<string> = new Set([
  "element",
  "constant",
  "integer",
  "scalar",
  "channel",
  "plane",
]);
