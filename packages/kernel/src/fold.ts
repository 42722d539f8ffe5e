import {
  Expression,
  leaf,
  type Operand,
  operand,
  select,
} from "./expression.ts";
import type { ExpressionType, Operation } from "./operation.ts";
import { formatExpression } from "./traverse.ts";

/** The reductions of a formula over the elements of a window. */
export interface Fold {
  /**
   * The sum over the window; 0 where it is empty. Indices are summed as 32-bit
   * integers, which wrap.
   */
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
  /**
   * Where the first element stands with which the running sum of these unsigned
   * integers exceeds a threshold; −1 if there is none.
   */
  pick(weights: Expression, threshold: Expression): Expression;
  /** The value of the element that stands at an index; 0 if none does. */
  at(body: Operand, index: Expression): Expression;
}

/** The folds, for formulas and for the adjoint. */
export const fold: Fold = {
  sum(body) {
    const x = operand(body);
    if (x.type === "i32") return reduce("indexSum", x, "i32");
    return x.level === "element" ? reduce("sum", x) : fold.count().mul(x);
  },
  max: (body) => reduce("foldMax", operand(body)),
  min: (body) => reduce("foldMin", operand(body)),
  mean: (body) => fold.sum(body).div(fold.count()),
  count: (which) => leaf(which === "padded" ? "paddedCount" : "count"),
  argmax: (body) => reduce("argmax", operand(body)),
  argmin: (body) => reduce("argmin", operand(body)),
  pick(weights, threshold) {
    if (threshold.type !== "i32" || threshold.level === "element") {
      throw new TypeError(
        `Cannot pick by ${
          formatExpression(threshold)
        }: an index that is the same for every element is needed`,
      );
    }
    return reduce("pick", weights, "i32", [threshold]);
  },
  at: (body, index) => fold.sum(select(leaf("position").eq(index), body, 0)),
};

function reduce(
  operation: Operation,
  body: Expression,
  type: ExpressionType = "f32",
  others: readonly Expression[] = [],
): Expression {
  if (body.type !== type) {
    throw new TypeError(
      `Cannot fold ${formatExpression(body)}: it is no ${
        type === "f32" ? "number" : "index"
      } but ${body.type}`,
    );
  }
  if (body.level !== "element") {
    throw new TypeError(
      `Cannot take the ${operation} of ${
        formatExpression(body)
      } over a window: it is the same for every element`,
    );
  }
  return Expression.of(operation, [body, ...others]);
}
