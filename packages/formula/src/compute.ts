import { didYouMean, suggest } from "@rockpool/core";
import {
  type Builtins,
  constant,
  detach,
  drawIndex,
  type Expression,
  type Fold,
  withGradientOf,
} from "@rockpool/kernel";
import { CONSTANTS } from "./constants.ts";
import type { Declarations } from "./declarations.ts";
import { FormulaError } from "./formula_error.ts";
import { applyElementwise, ELEMENTWISE, FUNCTIONS } from "./functions.ts";
import { type Parity, raise } from "./power.ts";
import type { Argument, Operator, Syntax } from "./syntax.ts";
import {
  type Binary,
  both,
  choose,
  combine,
  compareNumbers,
  either,
  isCondition,
  isKnown,
  negate,
  type Term,
} from "./terms.ts";

/** What a formula is computed from. */
export interface Materials {
  /** Expressions of the inputs and parameters, by the formula's names. */
  readonly leaves: Readonly<Record<string, Expression>>;
  /** The number of positions of a window. */
  readonly size: Expression;
  readonly fold: Fold;
  readonly builtins: Builtins;
  /** Whether it is for training; undefined where that is the caller's choice. */
  readonly training: boolean;
  /** The parameters that are constants of this expression. */
  readonly known: Readonly<Record<string, number>>;
  /** What is known of the others where they are exponents. */
  readonly exponents: ReadonlyMap<Expression, Exponent>;
}

/** What is known of a parameter that is an exponent. */
export interface Exponent {
  /** Whether it is whole, and of which kind. */
  readonly parity: Parity;
  /** Whether it is 1 or greater. */
  readonly atLeastOne: boolean;
}

/** A power that a formula has, for those who rewrite it. */
export interface Power {
  /** What is raised. */
  readonly base: Expression;
  /** To which power. */
  readonly exponent: Expression;
  /** Raises something else to it. */
  raise(base: Expression): Expression;
}

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

/** The functions of what all elements of a window hold. */
const FOLDS = ["sum", "mean", "max", "min", "argmax", "argmin"] as const;

/** What names the first draw of a formula among all random numbers of a call. */
const FIRST_SLOT = 1;

class Computer {
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
    const y = this.#number(result);
    if (y.level !== "element") return y;
    const at = this.#unfolded(result);
    return this.#fail(
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
          this.#fail("this number is beyond float32", value.start);
        }
        return constant(value.value);
      case "name":
        return this.#name(value.name, value.start);
      case "words":
        return this.#fail(`an operator is missing, perhaps a "*"`, value.at);
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
      this.#fail(
        `"${name}" is a function: write ${FUNCTIONS[name].usage}`,
        start,
      );
    }
    if (values.some((it) => it.name === name)) {
      this.#fail(`"${name}" has no value yet: it is defined further on`, start);
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
    return this.#fail(`unknown name "${name}"${near}`, start);
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
        return this.#choice(first, second, third);
      case "unaryMinus":
        return this.#number(first).neg();
      case "unaryPlus":
        return this.#number(first);
      case "pow":
        return this.#power(first, second);
    }
    const [a, b] = [this.#number(first), this.#number(second)];
    const arithmetic = ARITHMETIC[operator];
    if (arithmetic) return combine(arithmetic, a, b);
    const comparison = COMPARISONS[operator];
    return comparison
      ? compareNumbers(comparison, a, b)
      : negate(compareNumbers("eq", a, b));
  }

  #choice(condition: Syntax, yes: Syntax, no: Syntax): Expression {
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

  #power(base: Syntax, exponent: Syntax): Expression {
    const [a, b] = [this.#number(base), this.#number(exponent)];
    const parity = this.materials.exponents.get(b)?.parity;
    return this.#raised(a, b, (base) => raise(base, b, parity));
  }

  #raised(
    base: Expression,
    exponent: Expression,
    raise: Power["raise"],
  ): Expression {
    const power = raise(base);
    this.powers.set(power, { base, exponent, raise });
    return power;
  }

  #call({ name, args, start }: Syntax & { kind: "call" }): Term {
    if (!Object.hasOwn(FUNCTIONS, name)) this.#unknownFunction(name, start);
    const { least, most, usage, word } = FUNCTIONS[name];
    const named = args.find((it) => it.name !== undefined);
    if (named) {
      this.#fail(`${name} takes no argument by name`, named.start);
    }
    if (args.length < least) {
      this.#fail(
        `${name} has ${args.length} of its ${
          plural(least, "argument")
        }: write ${usage}`,
        start,
      );
    }
    if (args.length > most) {
      this.#fail(
        `${name} takes ${
          most === 0 ? "no arguments" : plural(most, "argument")
        }, this is one more: write ${usage}`,
        args[most].start,
      );
    }
    if (word !== undefined) return this.#counted(name, args, word);
    const values = args.map(({ value }) => value);
    if (FOLDS.some((fold) => fold === name) && args.length === 1) {
      return this.#fold(name as typeof FOLDS[number], values[0]);
    }
    return this.#function(name, values);
  }

  #unknownFunction(name: string, start: number): never {
    const known = Object.keys(FUNCTIONS);
    if (["input", "learn", "option"].includes(name)) {
      this.#fail(`${name}(…) needs a name: write a = ${name}(…)`, start);
    }
    const isValue = this.#values.has(name) ||
      Object.hasOwn(this.materials.leaves, name) ||
      Object.hasOwn(this.materials.known, name) ||
      Object.hasOwn(CONSTANTS, name);
    if (isValue) {
      this.#fail(`"${name}" is no function: perhaps a "*" is missing`, start);
    }
    return this.#fail(
      `unknown function "${name}"${didYouMean(name, known)}`,
      start,
    );
  }

  /** What may be given a word, which says how to count or draw. */
  #counted(
    name: string,
    [argument]: readonly Argument[],
    word: string,
  ): Expression {
    const { fold, builtins } = this.materials;
    if (argument) {
      const { value, start } = argument;
      if (value.kind !== "name" || value.name !== word) {
        this.#fail(`${name} takes nothing or the word "${word}"`, start);
      }
    }
    if (name === "count") return fold.count(argument ? "padded" : undefined);
    const slot = this.#slot();
    return argument
      ? builtins.elementRandom(slot)
      : builtins.windowRandom(slot);
  }

  #slot(): number {
    return FIRST_SLOT + this.#draws++;
  }

  #fold(name: typeof FOLDS[number], body: Syntax): Expression {
    const { fold } = this.materials;
    const x = this.#elements(name, body);
    return name === "mean"
      ? fold.sum(x).div(fold.count().max(1))
      : fold[name](x);
  }

  /** A value of each element. */
  #elements(name: string, body: Syntax): Expression {
    const x = this.#number(body);
    if (x.level === "element") return x;
    const other = name === "max" || name === "min"
      ? `, or ${name}(a, b) of several values`
      : "";
    return this.#fail(
      `${name} needs a value for each element${other}, but this is the same for all of a window`,
      body.start,
    );
  }

  #function(name: string, args: readonly Syntax[]): Term {
    const { fold, builtins, size } = this.materials;
    const number = (at: number) => this.#number(args[at]);
    switch (name) {
      case "max":
      case "min":
        return args.map((it) => this.#number(it))
          .reduce((a, b) => combine(name, a, b));
      case "draw":
        return drawIndex(
          this.#elements(name, args[0]),
          builtins.windowWord(this.#slot()),
        );
      case "at": {
        const body = this.#elements(name, args[0]);
        return fold.at(body, this.#index(args[1]));
      }
      case "size":
        return size;
      case "sqrt":
        return this.#raised(number(0), constant(0.5), squareRoot);
      case "pow":
        return this.#power(args[0], args[1]);
      case "clamp":
        return combine("min", combine("max", number(0), number(1)), number(2));
      case "select":
        return this.#choice(args[0], args[1], args[2]);
      case "isNaN": {
        const x = number(0);
        return isKnown(x) ? Number.isNaN(x.value) : x.isNaN();
      }
      case "detach":
        return detach(number(0));
      case "withGradient":
        return withGradientOf(number(0), number(1));
      default:
        return applyElementwise(ELEMENTWISE[name], number(0));
    }
  }

  /** An index that is the same for all of a window. */
  #index(value: Syntax): Expression {
    const term = this.#term(value);
    if (typeof term === "object" && term.type === "i32") return term;
    return this.#fail(
      "an index is needed here, which argmax, argmin and draw give",
      value.start,
    );
  }

  #number(value: Syntax): Expression {
    return this.#asNumber(this.#term(value), value);
  }

  #asNumber(term: Term, { start }: Syntax): Expression {
    if (typeof term === "object" && !isCondition(term)) {
      return term.type === "i32" ? term.asNumber() : term;
    }
    return this.#fail(
      "a number is needed, and this is a condition: write condition ? 1 : 0",
      start,
    );
  }

  #condition(value: Syntax): Term {
    const term = this.#term(value);
    if (isCondition(term)) return term;
    return this.#fail(
      "a condition is needed, and this is a number: compare it, as in x > 0",
      value.start,
    );
  }

  #fail(what: string, index: number): never {
    const { text } = this.declarations;
    throw new FormulaError(what, { text, index });
  }
}

function squareRoot(x: Expression): Expression {
  return raise(x, constant(0.5));
}

function plural(count: number, word: string): string {
  return count === 1 ? `one ${word}` : `${count} ${word}s`;
}
