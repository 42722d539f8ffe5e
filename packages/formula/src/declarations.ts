import {
  didYouMean,
  type OptionRule,
  type OptionSpec,
  type WeightSpec,
} from "@rockpool/core";
import { slideOptions } from "@rockpool/kernel";
import { CONSTANTS, constantValue } from "./constants.ts";
import { FormulaError } from "./formula_error.ts";
import { FUNCTIONS } from "./functions.ts";
import type { Argument, Statement, Syntax } from "./syntax.ts";

/** What a learnable parameter has a number of its own for. */
export type Granularity = "layer" | "channel" | "position";

/** A learnable parameter. */
export interface Learned {
  /** What it has a number of its own for. */
  readonly per: Granularity;
  /** What its numbers may be. */
  readonly limits: Pick<WeightSpec, "min" | "max" | "above">;
  /** What it is, for people. */
  readonly help: string;
}

/** A formula taken apart: what it reads, and what it computes. */
export interface Declarations {
  /** All of the formula. */
  readonly text: string;
  /** Its tensors; `x` is the first. */
  readonly inputs: readonly string[];
  /** Its numbers, those that learning begins with among them. */
  readonly parameters: OptionSpec<Record<string, number>>;
  /** The parameters that are learned. */
  readonly learned: ReadonlyMap<string, Learned>;
  /** Named values in their order. */
  readonly values: readonly (Statement & { readonly name: string })[];
  /** What the formula gives. */
  readonly result: Syntax;
}

/** What declares a name instead of computing a value. */
const DECLARING = ["input", "learn", "option"];

/** The limits that a parameter may be given. */
const LIMITS = ["min", "max", "above", "below"];

/** Names that stand for something whatever the formula. */
const OWN_NAMES = ["training", "padded", "element", "x"];

/**
 * The declarations and values among statements.
 *
 * @throws {FormulaError} for a name that is taken, or no result
 */
export function declare(
  text: string,
  statements: readonly Statement[],
): Declarations {
  const inputs = ["x"];
  const parameters: Record<string, OptionRule<number>> = {};
  const learned = new Map<string, Learned>();
  const values: (Statement & { name: string })[] = [];
  let result: Syntax | undefined;
  const fail = (what: string, index: number): never => {
    throw new FormulaError(what, { text, index });
  };
  const names = new Set<string>();
  for (const [at, statement] of statements.entries()) {
    const { name, start, value, comment } = statement;
    const isLast = at === statements.length - 1;
    if (name === undefined) {
      if (!isLast) {
        fail(
          "only the last statement is the result: give this one a name",
          start,
        );
      }
      result = value;
      continue;
    }
    checkName(name, (what) => fail(what, start));
    if (names.has(name)) fail(`"${name}" has a value already`, start);
    names.add(name);
    const declaring = value.kind === "call" && DECLARING.includes(value.name);
    const number = constantValue(value);
    if (!declaring && number === undefined) {
      values.push({ ...statement, name });
      if (isLast) result = { kind: "name", name, start, at: start };
      continue;
    }
    if (isLast) {
      fail(`"${name}" is a parameter, and no result follows it`, start);
    }
    const read = new DeclarationReader(text, name);
    if (!declaring) {
      const help = comment ?? "a parameter of the formula";
      const given = read.number(value);
      parameters[name] = { kind: "number", default: given, help };
    } else if (value.name === "input") {
      const [surplus] = value.args;
      if (surplus) fail("input takes no arguments", surplus.start);
      inputs.push(name);
    } else if (value.name === "option") {
      const { initial, limits, words } = read.given(value, ["integer"]);
      const kind = words.includes("integer") ? "integer" : "number";
      const help = comment ?? "a parameter of the formula";
      parameters[name] = { kind, ...limits, default: initial, help };
      read.checkDefault(value, parameters[name]);
    } else {
      const { initial, limits, words } = read.given(value, [
        "per channel",
        "per position",
      ]);
      if (limits.below !== undefined) {
        fail("a learned parameter has min, max and above", value.start);
      }
      const per = (words[0]?.slice("per ".length) ?? "layer") as Granularity;
      const about = comment ?? "a learned parameter of the formula";
      learned.set(name, { per, limits, help: about });
      const help = `where learning begins: ${about}`;
      parameters[name] = { kind: "number", ...limits, default: initial, help };
      read.checkDefault(value, parameters[name]);
    }
  }
  return {
    text,
    inputs,
    parameters,
    learned,
    values,
    // The last statement is either the result or refused above.
    result: result!,
  };
}

function checkName(name: string, fail: (what: string) => never): void {
  if (Object.hasOwn(slideOptions, name)) {
    fail(`"${name}" is an option of every formula, another name is needed`);
  }
  if (
    Object.hasOwn(FUNCTIONS, name) || DECLARING.includes(name) ||
    Object.hasOwn(CONSTANTS, name) || OWN_NAMES.includes(name)
  ) {
    fail(`"${name}" has a meaning already, another name is needed`);
  }
  // What objects inherit would be found as an option that is given.
  if (name in {}) fail(`"${name}" cannot be a name`);
}

type Limits = Readonly<
  Partial<Record<"min" | "max" | "above" | "below", number>>
>;

/** Reads the arguments of what declares a parameter. */
class DeclarationReader {
  constructor(readonly text: string, readonly name: string) {}

  number(value: Syntax): number {
    const number = constantValue(value);
    if (number === undefined) {
      return this.#fail("a number is needed here", value.start);
    }
    if (Number.isFinite(Math.fround(number))) return number;
    return this.#fail(`${number} is no finite float32`, value.start);
  }

  given(
    call: Syntax & { readonly kind: "call" },
    known: readonly string[],
  ): { initial: number; limits: Limits; words: readonly string[] } {
    const [first, ...others] = call.args;
    if (first === undefined || first.name !== undefined) {
      return this.#fail(`${call.name} needs a number to begin with`, call.at);
    }
    const initial = this.number(first.value);
    const limits: Record<string, number> = {};
    const words: string[] = [];
    for (const argument of others) {
      if (argument.name === undefined) {
        words.push(this.#word(argument, known));
        continue;
      }
      if (!LIMITS.includes(argument.name)) {
        const near = didYouMean(argument.name, LIMITS);
        this.#fail(`unknown limit "${argument.name}"${near}`, argument.start);
      }
      limits[argument.name] = this.number(argument.value);
    }
    return { initial, limits, words };
  }

  #word({ value, start }: Argument, known: readonly string[]): string {
    const word = value.kind === "name"
      ? value.name
      : value.kind === "words"
      ? value.words.join(" ")
      : undefined;
    if (word !== undefined && known.includes(word)) return word;
    const given = word === undefined ? "a value" : `"${word}"`;
    return this.#fail(
      `unexpected ${given}: ${
        known.map((it) => `"${it}"`).join(" or ")
      } or a limit such as min = 0 is needed`,
      start,
    );
  }

  checkDefault(value: Syntax, rule: OptionRule<number>): void {
    const { default: initial = 0, min, max, above, below, kind } = rule;
    const fits = initial >= (min ?? -Infinity) &&
      initial <= (max ?? Infinity) &&
      initial > (above ?? -Infinity) && initial < (below ?? Infinity) &&
      (kind !== "integer" || Number.isSafeInteger(initial));
    if (!fits) {
      this.#fail(`${initial} is not what ${this.name} may be`, value.start);
    }
  }

  #fail(what: string, index: number): never {
    throw new FormulaError(what, { text: this.text, index });
  }
}
