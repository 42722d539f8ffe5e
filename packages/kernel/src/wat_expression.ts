import { type Expression, isConstant } from "./expression.ts";
import { FOLDS } from "./operation.ts";
import { topological } from "./traverse.ts";
import { isFold } from "./program.ts";
import { scalarField } from "./wat_frame.ts";
import { emitBoundedExp, emitExp, EXP_BOUNDS } from "./wat_math.ts";
import {
  add,
  call,
  get,
  int,
  ints,
  type Term,
  type WatFunction,
} from "./wat_text.ts";

/** Where four windows, or one element of each of them, are read. */
export interface VectorPlace {
  /** An input at the element. */
  element(name: string): Term;
  /** A tensor with one number per window. */
  perWindow(name: string): Term;
  /** A parameter of the channel. */
  channel(name: string): Term;
  /** A parameter of the plane. */
  plane(name: string): Term;
  /** A parameter of the channel and the position in the window. */
  tap(name: string): Term;
  /** The element's index in its plane. */
  position(): Term;
  /** The element's index in its window. */
  tapIndex(): Term;
  /** The number of elements of the window, inside the input or the padding. */
  count(padded: boolean): Term;
  /** The window's index, with channels before the spatial axes. */
  windowIndex(): Term;
  /** The number of positions in a window, as an integer. */
  readonly windowSize: Term;
}

/** Instructions on four lanes, for operations that are one. */
const instructions: Partial<Record<Expression["operation"], string>> = {
  neg: "f32x4.neg",
  abs: "f32x4.abs",
  floor: "f32x4.floor",
  sqrt: "f32x4.sqrt",
  sign: "call $sign",
  log: "call $log",
  pow: "call $pow",
  add: "f32x4.add",
  sub: "f32x4.sub",
  mul: "f32x4.mul",
  div: "f32x4.div",
  asNumber: "f32x4.convert_i32x4_s",
  exponent: "call $exponent",
  ldexp: "call $ldexp",
  asIndex: "i32x4.trunc_sat_f32x4_s",
  mulHigh: "call $mulHigh",
  lt: "f32x4.lt",
  le: "f32x4.le",
  eq: "f32x4.eq",
  sameIndex: "i32x4.eq",
  and: "v128.and",
  or: "v128.or",
  not: "v128.not",
};

/** Leaves that are the same whenever they are read, for all windows of a vector. */
const INVARIANT: ReadonlySet<string> = new Set([
  "constant",
  "integer",
  "scalar",
  "element",
  "position",
]);

/**
 * Emits the values of a program's expressions as locals of four lanes, each
 * computed once per element, per window, or for all.
 */
export class VectorEvaluator {
  readonly #names = new Map<Expression, string>();
  readonly #uses = new Map<Expression, number>();
  readonly #window = new Map<Expression, Term>();
  readonly #element = new Map<Expression, Term>();
  #invariant: Map<Expression, Term> = new Map();
  place!: VectorPlace;
  /** Whether sums of products may be fused; not where rows keep the products. */
  fusesSums = true;

  /**
   * @param formulas all that will be evaluated
   * @param mark what ends the names of the locals, where several vectors are
   * worked on at a time
   */
  constructor(
    readonly out: WatFunction,
    formulas: readonly Expression[],
    mark = "",
  ) {
    const all = topological(formulas);
    for (const [index, x] of all.entries()) {
      this.#names.set(x, `${x.name || x.operation}.${index}${mark}`);
      for (const below of x.operands) {
        this.#uses.set(below, (this.#uses.get(below) ?? 0) + 1);
      }
    }
  }

  /** The name that an expression's local has. */
  name(x: Expression): string {
    return this.#names.get(x)!;
  }

  /** Forgets what changes with the element. */
  nextElement(): void {
    this.#element.clear();
  }

  /** Forgets what changes with the window. */
  nextWindow(): void {
    this.#element.clear();
    this.#window.clear();
  }

  /** Forgets everything: another vector of elements comes. */
  nextVector(): void {
    this.nextWindow();
    this.#invariant = new Map();
  }

  /** Takes up what {@linkcode prepareInvariant} gave. */
  useInvariant(values: Map<Expression, Term>): void {
    this.#element.clear();
    this.#invariant = values;
  }

  /** Tells the value of a fold. */
  define(fold: Expression, value: Term): void {
    this.#window.set(fold, value);
  }

  /** The value, as a term that may be used any number of times. */
  evaluate(x: Expression): Term {
    const cheap = x.operation === "constant" || x.operation === "integer" ||
      x.operation === "scalar";
    if (cheap) return this.#compute(x);
    const known = this.#scope(x);
    let term = known.get(x);
    if (term === undefined) {
      term = this.out.keep(this.name(x), this.#compute(x));
      known.set(x, term);
    }
    return term;
  }

  /** The value, possibly without a local where it is used once. */
  inline(x: Expression): Term {
    // exp stands in lines of its own, with locals that the next one takes.
    const once = (this.#uses.get(x) ?? 0) <= 1 && x.operands.length > 0 &&
      x.operation !== "exp" && !isFold(x) && !this.#scope(x).has(x);
    return once && x.level === "element" ? this.#compute(x) : this.evaluate(x);
  }

  /** The factors of a product that may be added without being rounded. */
  product(x: Expression): [Term, Term] | undefined {
    const isFree = this.out.fused && x.operation === "mul" &&
      (this.#uses.get(x) ?? 0) <= 1 && !this.#scope(x).has(x);
    if (!isFree) return undefined;
    const [a, b] = x.operands.map((factor) => this.inline(factor));
    return [a, b];
  }

  /**
   * A sum of a product and of something that is given. The result of a rounding
   * may be the same product, and their difference must be 0.
   */
  #fusedSum({ operation, operands: [a, b] }: Expression): Term | undefined {
    if (operation !== "add") return undefined;
    const [product, other] = isGiven(a) ? [b, a] : [a, b];
    const factors = isGiven(other) && this.product(product);
    return factors
      ? this.out.multiplyAdd(...factors, this.inline(other))
      : undefined;
  }

  /** Evaluates what a set of element formulas needs of the whole window. */
  prepare(formulas: readonly Expression[]): void {
    for (const x of topological(formulas)) {
      if (x.level !== "element") {
        if (formulas.includes(x)) this.evaluate(x);
      } else {
        for (const below of x.operands) {
          if (below.level !== "element") this.evaluate(below);
        }
      }
    }
  }

  /**
   * Evaluates what a formula needs that does not change with the window, in
   * locals whose names end with a mark.
   */
  prepareInvariant(formula: Expression, mark = ""): Map<Expression, Term> {
    this.nextVector();
    const fixed = new Set<Expression>();
    for (const x of topological([formula])) {
      if (isInvariant(x)) fixed.add(x);
    }
    for (const x of fixed) {
      if (x.level !== "element") continue;
      const value = this.#compute(x);
      this.#invariant.set(x, this.out.set(this.name(x) + mark, "v128", value));
    }
    return this.#invariant;
  }

  #scope(x: Expression): Map<Expression, Term> {
    if (this.#invariant.has(x)) return this.#invariant;
    return x.level === "element" ? this.#element : this.#window;
  }

  #compute(x: Expression): Term {
    const { place } = this;
    const draw = (what: "random" | "word", index: Term) =>
      call(`call $${what}`, index, int(x.value), get("seed"), get("stream"));
    switch (x.operation) {
      case "constant":
        return this.out.constant(x.value);
      case "integer":
        return ints(x.value, x.value, x.value, x.value);
      case "scalar":
        return get(scalarField(x.name));
      case "element":
        return place.element(x.name);
      case "perWindow":
      case "perWindowIndex":
        return place.perWindow(x.name);
      case "channel":
        return place.channel(x.name);
      case "plane":
        return place.plane(x.name);
      case "tap":
        return place.tap(x.name);
      case "position":
        return place.position();
      case "tapIndex":
        return call("f32x4.convert_i32x4_s", place.tapIndex());
      case "count":
        return place.count(false);
      case "paddedCount":
        return place.count(true);
      case "windowRandom":
        return draw("random", place.windowIndex());
      case "windowWord":
        return draw("word", place.windowIndex());
      case "elementRandom": {
        const first = call(
          "i32x4.mul",
          place.windowIndex(),
          call("i32x4.splat", place.windowSize),
        );
        return draw("random", call("i32x4.add", first, place.tapIndex()));
      }
      case "exp": {
        const [power] = x.operands;
        const value = this.evaluate(power);
        const isNumber = x.name !== "";
        return isNumber || isBounded(power)
          ? emitBoundedExp(this.out, value, { isNumber })
          : emitExp(this.out, value);
      }
      case "likely":
        return this.inline(x.operands[0]);
      case "isNaN": {
        const value = this.evaluate(x.operands[0]);
        return call("f32x4.ne", value, value);
      }
      case "max":
      case "min":
        return this.#extreme(x.operation, x.operands);
      case "select":
      case "selectIndex": {
        const [condition, yes, no] = x.operands;
        if (isConstant(no, 0)) {
          return call("v128.and", this.inline(yes), this.inline(condition));
        }
        return call(
          "v128.bitselect",
          this.inline(yes),
          this.inline(no),
          this.inline(condition),
        );
      }
      default: {
        const instruction = instructions[x.operation];
        if (!instruction) {
          throw new TypeError(
            `Cannot emit ${x.operation} for WebAssembly: it is no elementwise operation`,
          );
        }
        return this.#fusedSum(x) ??
          call(instruction, ...x.operands.map((y) => this.inline(y)));
      }
    }
  }

  /**
   * The greater or the smaller of two. The pseudo-operations are one
   * instruction, but know NaN only as their first operand.
   */
  #extreme(
    operation: "max" | "min",
    [a, b]: readonly Expression[],
  ): Term {
    const number = (x: Expression) =>
      x.operation === "constant" && !Number.isNaN(x.value);
    const pseudo = number(a) || number(b);
    const [first, second] = number(a) ? [b, a] : [a, b];
    return call(
      `f32x4.${pseudo ? "p" : ""}${operation}`,
      this.inline(first),
      this.inline(second),
    );
  }
}

/** Whether a value is the same whichever window it is evaluated for. */
export function isInvariant(x: Expression): boolean {
  return topological([x]).every(({ operation, operands }) =>
    operands.length > 0 ? !FOLDS.has(operation) : INVARIANT.has(operation)
  );
}

/** Whether nothing has been computed for a value, in an earlier program either. */
function isGiven({ operation, operands }: Expression): boolean {
  return operands.length === 0 && operation !== "perWindow";
}

/** Whether a number lies where powers of e are normal numbers, or is NaN. */
function isBounded(
  { operation, operands: [inner, high] }: Expression,
): boolean {
  return operation === "min" && inner.operation === "max" &&
    isWithin(high) && isWithin(inner.operands[1]);
}

function isWithin({ operation, value }: Expression): boolean {
  return operation === "constant" && Math.abs(value) <= EXP_BOUNDS;
}

/** The lanes of a linear index: `base + step * lane`. */
export function lanes(base: Term, step: number): Term {
  return call(
    "i32x4.add",
    call("i32x4.splat", base),
    ints(0, step, 2 * step, 3 * step),
  );
}

/** The lanes of a linear index whose step is a local. */
export function lanesBy(base: Term, step: Term): Term {
  return call(
    "i32x4.add",
    call("i32x4.splat", base),
    call("i32x4.mul", call("i32x4.splat", step), ints(0, 1, 2, 3)),
  );
}

/** The address of an element, in a block whose address is a field. */
export function address(field: string, index: Term): Term {
  return add(get(field), call("i32.shl", index, int(2)));
}
