import type { Expression } from "./expression.ts";
import type { VectorEvaluator } from "./wat_expression.ts";
import {
  call,
  floats,
  get,
  ints,
  type Term,
  type WatFunction,
} from "./wat_text.ts";

const MINUS_ONE = ints(-1, -1, -1, -1);

/** What each fold starts from. */
export const START: Partial<Record<Expression["operation"], number>> = {
  sum: 0,
  foldMax: -Infinity,
  foldMin: Infinity,
  argmax: -Infinity,
  argmin: Infinity,
  indexSum: 0,
};

/** What a fold of numbers starts from, which changes none. */
export function startOf(fold: Expression): number {
  return START[fold.operation]!;
}

const isArg = (fold: Expression) => fold.operation.startsWith("arg");
const isSum = (fold: Expression) =>
  fold.operation === "sum" || fold.operation === "indexSum";

/** The greatest of magnitudes, whose order is that of their bits, NaN above all. */
const isMagnitude = ({ operation, operands: [body] }: Expression) =>
  operation === "foldMax" && body.operation === "abs";

/** An element of a window, as the folds see it. */
export interface FoldStep {
  /** The lanes that have the element, where some have not. */
  readonly mask?: Term;
  /** Whether it is the first of all windows: accumulators then start from it. */
  readonly first?: boolean;
}

/** The locals that a fold accumulates in. */
export interface Accumulator {
  readonly fold: Expression;
  /** The sum, or the best element so far. */
  readonly value: string;
  /** The best element's index, or the lanes that met NaN; sums have neither. */
  readonly other?: string;
}

/** The accumulators of the folds of one pass over a window. */
export class FoldPass {
  /**
   * @param general where to go on if a result could be NaN: a label of the
   * text that knows what NaN does; without it the pass does
   * @param mark what ends the names of the accumulators, where a pass has some
   * for each of several vectors
   */
  constructor(
    readonly evaluator: VectorEvaluator,
    readonly folds: readonly Expression[],
    readonly general?: string,
    readonly mark = "",
  ) {}

  /** Sets the accumulators before the first element. */
  start(): void {
    const { out } = this.evaluator;
    for (const fold of this.folds) {
      if (this.#twin(fold)) continue;
      const value = this.#value(fold);
      if (fold.operation === "pick") {
        out.set(runningSum(value), "v128", ints(0, 0, 0, 0));
        out.set(value, "v128", MINUS_ONE);
        continue;
      }
      out.set(value, "v128", out.constant(START[fold.operation]!));
      if (isArg(fold)) out.set(this.#index(fold), "v128", MINUS_ONE);
      if (mindsNaN(fold) && (this.general || !isArg(fold))) {
        out.set(nanLanes(value), "v128", floats(0));
      }
    }
  }

  /** Adds an element. */
  step(step: FoldStep = {}): void {
    for (const fold of this.folds) {
      if (this.#twin(fold)) continue;
      if (isArg(fold)) this.#stepArg(fold, step);
      else if (fold.operation === "pick") this.#stepPick(fold, step);
      else if (mindsNaN(fold)) this.#stepGreatest(fold, step);
      else this.#stepPlain(fold, step);
    }
  }

  /** Tells the evaluator where the results are, unless there may be NaN. */
  finish(): void {
    leaveOnNaN([this]);
    this.define();
  }

  /** Tells the evaluator where the results are. */
  define(): void {
    const { evaluator } = this;
    for (const fold of this.folds) {
      const value = this.#value(fold);
      if (isArg(fold)) evaluator.define(fold, get(this.#index(fold)));
      else if (
        !mindsNaN(fold) || fold.operation === "pick" || this.#twin(fold) ||
        this.general
      ) evaluator.define(fold, get(value));
      else {
        // Lanes that met NaN have all bits set.
        const result = call("v128.or", get(value), get(nanLanes(value)));
        evaluator.define(fold, evaluator.out.set(value, "v128", result));
      }
    }
  }

  #stepPlain(fold: Expression, { mask, first }: FoldStep): void {
    const { evaluator } = this;
    const sum = this.#value(fold);
    const next = accumulated(evaluator, fold, {
      sum: first ? undefined : get(sum),
      mask,
    });
    evaluator.out.set(sum, "v128", next);
  }

  #stepPick(fold: Expression, { mask, first }: FoldStep): void {
    const { evaluator } = this;
    const { out } = evaluator;
    const [weight, threshold] = fold.operands;
    const picked = this.#value(fold);
    const sum = runningSum(picked);
    const weights = evaluator.evaluate(weight);
    const share = mask ? call("v128.and", weights, mask) : weights;
    out.set(
      sum,
      "v128",
      first ? share : call("i32x4.add", get(sum), share),
    );
    // A lane outside adds nothing, so that it exceeds nothing anew.
    const exceeds = call("i32x4.gt_u", get(sum), evaluator.evaluate(threshold));
    const position = evaluator.place.position();
    if (first) {
      const here = call("v128.bitselect", position, MINUS_ONE, exceeds);
      out.set(picked, "v128", here);
      return;
    }
    const open = call("i32x4.lt_s", get(picked), ints(0, 0, 0, 0));
    const wins = call("v128.and", exceeds, open);
    const next = call("v128.bitselect", position, get(picked), wins);
    out.set(picked, "v128", next);
  }

  /** The pseudo-maximum is one instruction, but drops NaN, which is kept apart. */
  #stepGreatest(fold: Expression, { mask, first }: FoldStep): void {
    const { out } = this.evaluator;
    const best = this.#value(fold);
    let value = this.evaluator.evaluate(fold.operands[0]);
    if (mask) {
      const kept = onlyInside(this.evaluator, fold, { value, inside: mask });
      value = out.set(`candidate.${best}`, "v128", kept);
    }
    const next = first ? value : combineFold(fold, get(best), value);
    out.set(best, "v128", next);
    if (this.general) return addCandidate(out, nanLanes(best), value, first);
    const isNaN = call("f32x4.ne", value, value);
    const lanes = nanLanes(best);
    out.set(
      lanes,
      "v128",
      first ? isNaN : call("v128.or", get(lanes), isNaN),
    );
  }

  #stepArg(fold: Expression, { mask, first }: FoldStep): void {
    const { evaluator } = this;
    const { out } = evaluator;
    const [best, index] = [this.#value(fold), this.#index(fold)];
    const value = evaluator.evaluate(fold.operands[0]);
    const position = evaluator.place.position();
    if (this.general && !mask) {
      addCandidate(out, nanLanes(best), value, first);
      if (first !== undefined) return this.#stepOrdered(fold, value, first);
    }
    if (first && !mask) {
      out.set(best, "v128", value);
      out.set(index, "v128", position);
      return;
    }
    const better = call(
      fold.operation === "argmax" ? "f32x4.gt" : "f32x4.lt",
      value,
      get(best),
    );
    // NaN wins over all before it, and the first element over none.
    let wins = call("v128.or", better, call("f32x4.ne", value, value));
    if (first === undefined) {
      const none = call("i32x4.lt_s", get(index), ints(0, 0, 0, 0));
      wins = call("v128.or", wins, none);
    }
    if (mask) wins = call("v128.and", wins, mask);
    const won = out.set(`wins.${index}`, "v128", wins);
    out.set(best, "v128", call("v128.bitselect", value, get(best), won));
    out.set(index, "v128", call("v128.bitselect", position, get(index), won));
  }

  /**
   * Where no element is NaN and one is there already. Positions grow, so that
   * the winners' are the greatest.
   */
  #stepOrdered(fold: Expression, value: Term, first: boolean): void {
    const { out, place } = this.evaluator;
    const [best, index] = [this.#value(fold), this.#index(fold)];
    const position = place.position();
    if (first) {
      out.set(best, "v128", value);
      out.set(index, "v128", position);
      return;
    }
    const [better, extreme] = fold.operation === "argmax"
      ? ["f32x4.gt", "f32x4.pmax"]
      : ["f32x4.lt", "f32x4.pmin"];
    const won = call("v128.and", call(better, value, get(best)), position);
    out.set(index, "v128", call("i32x4.max_s", get(index), won));
    out.set(best, "v128", call(extreme, get(best), value));
  }

  /** The locals that are NaN if an element was that the pass does not know. */
  candidates(): string[] {
    if (!this.general) return [];
    return this.folds.filter((fold) =>
      mindsNaN(fold) && fold.operation !== "pick" && !this.#twin(fold)
    ).map((fold) => nanLanes(this.#value(fold)));
  }

  /** The folds that have accumulators of their own, and their names. */
  accumulators(): Accumulator[] {
    return this.folds.filter((fold) => !this.#twin(fold)).map((fold) => {
      const value = this.#value(fold);
      if (!mindsNaN(fold)) return { fold, value };
      const other = isArg(fold) ? this.#index(fold) : nanLanes(value);
      return { fold, value, other };
    });
  }

  /** The argmax (argmin) of the same body, which knows the value too. */
  #twin(fold: Expression): Expression | undefined {
    const arg = { foldMax: "argmax", foldMin: "argmin" }[
      fold.operation as "foldMax"
    ];
    return this.folds.find((other) =>
      other.operation === arg && other.operands[0] === fold.operands[0]
    );
  }

  #value(fold: Expression): string {
    const own = this.#twin(fold) ?? fold;
    const name = this.evaluator.name(own) + this.mark;
    return isArg(own) ? `best.${name}` : name;
  }

  #index(fold: Expression): string {
    return this.evaluator.name(fold) + this.mark;
  }
}

/** The local of what a fold that picks has summed up so far. */
function runningSum(fold: string): string {
  return `running.${fold}`;
}

/** The local that has all bits set in the lanes of a fold that met NaN. */
export function nanLanes(fold: string): string {
  return `nan.${fold}`;
}

/** The next accumulator of a fold; NaN counts in its first operand only. */
export function combineFold(fold: Expression, sum: Term, value: Term): Term {
  const instruction = isMagnitude(fold) ? "i32x4.max_s" : {
    sum: "f32x4.add",
    indexSum: "i32x4.add",
    foldMax: "f32x4.pmax",
    foldMin: "f32x4.pmin",
  }[fold.operation as "sum"];
  return call(instruction, sum, value);
}

/**
 * The accumulator of a sum, or of a fold like it, with the next value in the
 * lanes inside; that value alone where there is no accumulator yet.
 */
export function accumulated(
  evaluator: VectorEvaluator,
  fold: Expression,
  { sum, mask: inside }: { sum: Term | undefined; mask?: Term },
): Term {
  const [body] = fold.operands;
  const factors = sum && fold.operation === "sum" &&
    evaluator.fusesSums && evaluator.product(body);
  if (factors) {
    const next = evaluator.out.multiplyAdd(...factors, sum);
    return inside ? call("v128.bitselect", next, sum, inside) : next;
  }
  let value = evaluator.inline(body);
  if (inside) value = onlyInside(evaluator, fold, { value, inside });
  return sum ? combineFold(fold, sum, value) : value;
}

/** A candidate of a fold, and what changes nothing in the lanes outside. */
export function onlyInside(
  { out }: VectorEvaluator,
  fold: Expression,
  { value, inside }: { value: Term; inside: Term },
): Term {
  return isSum(fold) ? call("v128.and", value, inside) : call(
    "v128.bitselect",
    value,
    out.constant(START[fold.operation]!),
    inside,
  );
}

/**
 * Adds a candidate of a fold to a local that tells of NaN with one instruction
 * each: the sum is NaN if one of them is, and otherwise only if infinities
 * cancel out.
 */
export function addCandidate(
  out: WatFunction,
  sum: string,
  value: Term,
  first = false,
): void {
  out.set(sum, "v128", first ? value : call("f32x4.add", get(sum), value));
}

/** Leaves for the passes' general text if there may have been NaN. */
export function leaveOnNaN(passes: readonly FoldPass[]): void {
  const [{ evaluator: { out }, general }] = passes;
  const sums = passes.flatMap((pass) => pass.candidates());
  if (general) leaveIfNaN(out, sums, general);
}

/** Leaves for a label if one of some locals has a lane that is NaN. */
export function leaveIfNaN(
  out: WatFunction,
  [sum, ...others]: readonly string[],
  label: string,
): void {
  if (sum === undefined) return;
  for (const other of others) addCandidate(out, sum, get(other));
  const isNaN = call("f32x4.ne", get(sum), get(sum));
  out.line(`(br_if ${label} ${call("v128.any_true", isNaN)})`);
}

/** Whether a fold must know of NaN: some are NaN by themselves. */
export function mindsNaN(fold: Expression): boolean {
  return !isSum(fold) && !isMagnitude(fold);
}
