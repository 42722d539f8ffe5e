import type { Expression } from "./expression.ts";
import type { VectorEvaluator } from "./wat_expression.ts";
import { call, floats, get, ints, type Term } from "./wat_text.ts";

const MINUS_ONE = ints(-1, -1, -1, -1);

/** What each fold starts from. */
const START: Partial<Record<Expression["operation"], number>> = {
  sum: 0,
  foldMax: -Infinity,
  foldMin: Infinity,
  argmax: -Infinity,
  argmin: Infinity,
};

const isArg = (fold: Expression) => fold.operation.startsWith("arg");

/** The accumulators of the folds of one pass over a window. */
export class FoldPass {
  constructor(
    readonly evaluator: VectorEvaluator,
    readonly folds: readonly Expression[],
  ) {}

  /** Sets the accumulators before the first element. */
  start(): void {
    const { out } = this.evaluator;
    for (const fold of this.folds) {
      if (this.#twin(fold)) continue;
      out.set(this.#value(fold), "v128", floats(START[fold.operation]!));
      if (isArg(fold)) out.set(this.#index(fold), "v128", MINUS_ONE);
    }
  }

  /** Adds the element; lanes that a mask leaves out stay as they are. */
  step(mask: Term | undefined): void {
    for (const fold of this.folds) {
      if (this.#twin(fold)) continue;
      if (isArg(fold)) this.#stepArg(fold, mask);
      else this.#stepValue(fold, mask);
    }
  }

  /** Tells the evaluator where the results are. */
  finish(): void {
    for (const fold of this.folds) {
      const name = isArg(fold) ? this.#index(fold) : this.#value(fold);
      this.evaluator.define(fold, get(name));
    }
  }

  #stepValue(fold: Expression, mask: Term | undefined): void {
    const { evaluator } = this;
    const name = this.#value(fold);
    const [body] = fold.operands;
    const value = evaluator.inline(body);
    const instruction = {
      sum: "f32x4.add",
      foldMax: "f32x4.max",
      foldMin: "f32x4.min",
    }[fold.operation as "sum"];
    // What is left out adds 0, and is no candidate for the greatest.
    const neutral = fold.operation === "sum"
      ? (x: Term) => call("v128.and", x, mask!)
      : (x: Term) =>
        call("v128.bitselect", x, floats(START[fold.operation]!), mask!);
    evaluator.out.set(
      name,
      "v128",
      call(instruction, get(name), mask ? neutral(value) : value),
    );
  }

  #stepArg(fold: Expression, mask: Term | undefined): void {
    const { evaluator } = this;
    const { out } = evaluator;
    const [body] = fold.operands;
    const [best, index] = [this.#value(fold), this.#index(fold)];
    const value = evaluator.evaluate(body);
    const better = call(
      fold.operation === "argmax" ? "f32x4.gt" : "f32x4.lt",
      value,
      get(best),
    );
    // NaN wins over all before it, and the first element over none.
    let wins = call(
      "v128.or",
      call("v128.or", better, call("f32x4.ne", value, value)),
      call("i32x4.lt_s", get(index), ints(0, 0, 0, 0)),
    );
    if (mask) wins = call("v128.and", wins, mask);
    const won = out.set(`wins_${index}`, "v128", wins);
    out.set(best, "v128", call("v128.bitselect", value, get(best), won));
    out.set(
      index,
      "v128",
      call("v128.bitselect", evaluator.place.position(), get(index), won),
    );
  }

  /** The argmax (argmin) of the same body, which knows the value too. */
  #twin(fold: Expression): Expression | undefined {
    const arg =
      { foldMax: "argmax", foldMin: "argmin" }[fold.operation as "foldMax"];
    return this.folds.find((other) =>
      other.operation === arg && other.operands[0] === fold.operands[0]
    );
  }

  #value(fold: Expression): string {
    const own = this.#twin(fold) ?? fold;
    return isArg(own)
      ? `best_${this.evaluator.name(own)}`
      : this.evaluator.name(own);
  }

  #index(fold: Expression): string {
    return this.evaluator.name(fold);
  }
}
