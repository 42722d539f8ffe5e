import { didYouMean, suggest } from "@rockpool/core";
import { constant, type Expression } from "@rockpool/kernel";
import { callFunction, type PartReader } from "./call_function.ts";
import { CONSTANTS } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import { FormulaError } from "./formula_error.ts";
import { FUNCTIONS } from "./functions.ts";
import type { Materials, Power } from "./materials.ts";
import { raise } from "./power.ts";
import type { Operator, Syntax } from "./syntax.ts";
import {
  type Binary,
  both,
  choose,
  combine,
  compareNumbers,
  either,
  isCondition,
  negate,
  type Term,
} from "./terms.ts";

/** What a formula is as an expression. */
export interface Computed {
  /** What it gives for each window. */
  readonly result: Expression;
  /** The powers in it, by their expressions. */
  readonly powers: ReadonlyMap<Expression, Power>;
}

/**
 * The expression of a formula.
 *
 * @throws {FormulaError} for an unknown name, too many or too few arguments, a
 * number of the whole window where elements are needed, or the reverse
 */
export function compute(
  declarations: Declarations,
  materials: Materials,
): Computed {
  const computer = new Computer(declarations, materials);
  return { result: computer.result(), powers: computer.powers };
}

const ARITHMETIC: Partial<Record<Operator, Binary>> = {
  add: "add",
  subtract: "sub",
  multiply: "mul",
  divide: "div",
};

const COMPARISONS: Partial<
  Record<Operator, "lt" | "le" | "gt" | "ge" | "eq">
> = {
  smaller: "lt",
  smallerEq: "le",
  larger: "gt",
  largerEq: "ge",
  equal: "eq",
};

/** What names the first draw of a formula among all random numbers of a call. */
const FIRST_SLOT = 1;

class Computer implements PartReader {
  readonly powers = new Map<Expression, Power>();
  readonly #values = new Map<string, Term>();
  /** What each part is, to find the one that makes a mistake. */
  readonly #terms = new Map<Syntax, Term>();
  #draws = 0;

  constructor(
    readonly declarations: Declarations,
    readonly materials: Materials,
  ) {}

  result(): Expression {
    const { values, result } = this.declarations;
    for (const { name, value } of values) {
      this.#values.set(name, this.#term(value));
    }
    const y = this.number(result);
    if (y.level !== "element") return y;
    const at = this.#unfolded(result);
    return this.fail(
      "this has a value for each element, and a result has one for each window: fold it by sum, mean, max or min",
      at.start,
    );
  }

  /** The first part that has a value for each element. */
  #unfolded(value: Syntax): Syntax {
    const parts = value.kind === "operation"
      ? value.operands
      : value.kind === "call"
      ? value.args.map(({ value }) => value)
      : [];
    const first = parts.find((part) => {
      const term = this.#terms.get(part);
      return typeof term === "object" && term.level === "element";
    });
    return first ? this.#unfolded(first) : value;
  }

  #term(value: Syntax): Term {
    const term = this.#read(value);
    this.#terms.set(value, term);
    return term;
  }

  #read(value: Syntax): Term {
    switch (value.kind) {
      case "number":
        if (!Number.isFinite(Math.fround(value.value))) {
          this.fail("this number is beyond float32", value.start);
        }
        return constant(value.value);
      case "name":
        return this.#name(value.name, value.start);
      case "words":
        return this.fail(`an operator is missing, perhaps a "*"`, value.at);
      case "call":
        return this.#call(value);
      case "operation":
        return this.#operation(value.operator, value.operands);
    }
  }

  #name(name: string, start: number): Term {
    const { leaves, known, training } = this.materials;
    const { values, inputs, parameters } = this.declarations;
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    if (Object.hasOwn(leaves, name)) return leaves[name];
    if (Object.hasOwn(known, name)) return constant(known[name]);
    if (Object.hasOwn(CONSTANTS, name)) return constant(CONSTANTS[name]);
    if (name === "training") return training;
    if (Object.hasOwn(FUNCTIONS, name)) {
      this.fail(
        `"${name}" is a function: write ${FUNCTIONS[name].usage}`,
        start,
      );
    }
    if (values.some((it) => it.name === name)) {
      this.fail(`"${name}" has no value yet: it is defined further on`, start);
    }
    const own = [
      ...inputs,
      ...Object.keys(parameters),
      ...this.#values.keys(),
    ];
    const others = [...Object.keys(CONSTANTS), ...Object.keys(FUNCTIONS)];
    const isNearOther = suggest(name, own).length === 0 &&
      suggest(name, others).length > 0;
    const near = didYouMean(name, isNearOther ? others : own);
    return this.fail(`unknown name "${name}"${near}`, start);
  }

  #operation(operator: Operator, operands: readonly Syntax[]): Term {
    const [first, second, third] = operands;
    switch (operator) {
      case "and":
        return both(this.#condition(first), this.#condition(second));
      case "or":
        return either(this.#condition(first), this.#condition(second));
      case "not":
        return negate(this.#condition(first));
      case "choose":
        return this.choice(first, second, third);
      case "unaryMinus":
        return this.number(first).neg();
      case "unaryPlus":
        return this.number(first);
      case "pow":
        return this.power(first, second);
    }
    const [a, b] = [this.number(first), this.number(second)];
    const arithmetic = ARITHMETIC[operator];
    if (arithmetic) return combine(arithmetic, a, b);
    const comparison = COMPARISONS[operator];
    return comparison
      ? compareNumbers(comparison, a, b)
      : negate(compareNumbers("eq", a, b));
  }

  choice(condition: Syntax, yes: Syntax, no: Syntax): Expression {
    const which = this.#condition(condition);
    const branches = [yes, no].map((it) => this.#term(it));
    const areIndices = branches.every((it) =>
      typeof it === "object" && it.type === "i32"
    );
    const [a, b] = areIndices
      ? branches as Expression[]
      : [yes, no].map((it) => this.#asNumber(this.#terms.get(it)!, it));
    return choose(which, a, b);
  }

  power(base: Syntax, exponent: Syntax): Expression {
    const [a, b] = [this.number(base), this.number(exponent)];
    const parity = this.materials.exponents.get(b)?.parity;
    return this.raised(a, b, (base) => raise(base, b, parity));
  }

  raised(
    base: Expression,
    exponent: Expression,
    raise: Power["raise"],
  ): Expression {
    const power = raise(base);
    this.powers.set(power, { base, exponent, raise });
    return power;
  }

  #call(call: Syntax & { readonly kind: "call" }): Term {
    if (!Object.hasOwn(FUNCTIONS, call.name)) {
      this.#unknownFunction(call.name, call.start);
    }
    return callFunction(this, call);
  }

  #unknownFunction(name: string, start: number): never {
    const known = Object.keys(FUNCTIONS);
    if (["input", "learn", "option"].includes(name)) {
      this.fail(`${name}(…) needs a name: write a = ${name}(…)`, start);
    }
    const isValue = this.#values.has(name) ||
      Object.hasOwn(this.materials.leaves, name) ||
      Object.hasOwn(this.materials.known, name) ||
      Object.hasOwn(CONSTANTS, name);
    if (isValue) {
      this.fail(`"${name}" is no function: perhaps a "*" is missing`, start);
    }
    return this.fail(
      `unknown function "${name}"${didYouMean(name, known)}`,
      start,
    );
  }

  /** What names the next draw among all random numbers of a call. */
  slot(): number {
    return FIRST_SLOT + this.#draws++;
  }

  /** A value of each element. */
  elements(name: string, body: Syntax): Expression {
    const x = this.number(body);
    if (x.level === "element") return x;
    const other = name === "max" || name === "min"
      ? `, or ${name}(a, b) of several values`
      : "";
    return this.fail(
      `${name} needs a value for each element${other}, but this is the same for all of a window`,
      body.start,
    );
  }

  /** An index that is the same for all of a window. */
  index(value: Syntax): Expression {
    const term = this.#term(value);
    if (typeof term === "object" && term.type === "i32") return term;
    return this.fail(
      "an index is needed here, which argmax, argmin and draw give",
      value.start,
    );
  }

  number(value: Syntax): Expression {
    return this.#asNumber(this.#term(value), value);
  }

  #asNumber(term: Term, { start }: Syntax): Expression {
    if (typeof term === "object" && !isCondition(term)) {
      return term.type === "i32" ? term.asNumber() : term;
    }
    return this.fail(
      "a number is needed, and this is a condition: write condition ? 1 : 0",
      start,
    );
  }

  #condition(value: Syntax): Term {
    const term = this.#term(value);
    if (isCondition(term)) return term;
    return this.fail(
      "a condition is needed, and this is a number: compare it, as in x > 0",
      value.start,
    );
  }

  fail(what: string, index: number): never {
    const { text } = this.declarations;
    throw new FormulaError(what, { text, index });
  }
}
