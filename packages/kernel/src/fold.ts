import { Expression, leaf, type Operand, operand } from "./expression.ts";
import type { Operation } from "./operation.ts";
import { formatExpression } from "./traverse.ts";

/** The reductions of a formula over the elements of a window. */
export interface Fold {
  /** The sum over the window; 0 where it is empty. */
  sum(body: Operand): Expression;
  /** The greatest; NaN where any is, −∞ where the window is empty. */
  max(body: Operand): Expression;
  /** The smallest; NaN where any is, ∞ where the window is empty. */
  min(body: Operand): Expression;
  /** The sum divided by the count. */
  mean(body: Operand): Expression;
  /**
   * The number of elements: those inside the input, or, `"padded"`, those
   * inside the padded input.
   */
  count(which?: "padded"): Expression;
  /**
   * Where the greatest stands in its plane of the input: the first of equal
   * ones, the last NaN, −1 where the window is empty.
   */
  argmax(body: Operand): Expression;
  /** Where the smallest stands, by the same rules. */
  argmin(body: Operand): Expression;
}

/** The folds, for formulas and for the adjoint. */
export const fold: Fold = {
  sum(body) {
    const x = operand(body);
    return x.level === "element" ? reduce("sum", x) : fold.count().mul(x);
  },
  max: (body) => reduce("foldMax", operand(body)),
  min: (body) => reduce("foldMin", operand(body)),
  mean: (body) => fold.sum(body).div(fold.count()),
  count: (which) => leaf(which === "padded" ? "paddedCount" : "count"),
  argmax: (body) => reduce("argmax", operand(body)),
  argmin: (body) => reduce("argmin", operand(body)),
};

function reduce(operation: Operation, body: Expression): Expression {
  if (body.type !== "f32") {
    throw new TypeError(
      `Cannot fold ${formatExpression(body)}: it is no number but ${body.type}`,
    );
  }
  if (body.level !== "element") {
    throw new TypeError(
      `Cannot take the ${operation} of ${
        formatExpression(body)
      } over a window: it is the same for every element`,
    );
  }
  return Expression.of(operation, [body]);
}
