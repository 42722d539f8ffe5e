import { Expression } from "./expression.ts";

/** All expressions below some roots, operands before what uses them. */
export function topological(roots: Iterable<Expression>): Expression[] {
  const seen = new Set<Expression>();
  const visit = (x: Expression) => {
    if (seen.has(x)) return;
    for (const below of x.operands) visit(below);
    order.push(x);
    seen.add(x);
  };
  const order: Expression[] = [];
  for (const root of roots) visit(root);
  return order;
}

/** The formula with some expressions replaced by others. */
export function substitute(
  root: Expression,
  replacement: (x: Expression) => Expression | undefined,
): Expression {
  const done = new Map<Expression, Expression>();
  const visit = (x: Expression): Expression => {
    let result = done.get(x);
    if (!result) {
      result = replacement(x) ?? Expression.of(
        x.operation,
        x.operands.map(visit),
        x,
      );
      done.set(x, result);
    }
    return result;
  };
  return visit(root);
}

/** The formula without what matters to gradients alone. */
export function valueOnly(root: Expression): Expression {
  const done = new Map<Expression, Expression>();
  const visit = (x: Expression): Expression => {
    let result = done.get(x);
    if (!result) {
      const [value] = x.operands;
      result = x.operation === "detach" || x.operation === "withGradientOf"
        ? visit(value)
        : Expression.of(x.operation, x.operands.map(visit), x);
      done.set(x, result);
    }
    return result;
  };
  return visit(root);
}

/** A formula as text: `div(sum(mul(exp(x), x)), sum(exp(x)))`. */
export function formatExpression(x: Expression): string {
  if (x.operation === "constant" || x.operation === "integer") {
    return String(x.value);
  }
  if (x.operands.length === 0) return x.name || x.operation;
  return `${x.operation}(${x.operands.map(formatExpression).join(", ")})`;
}
