import {
  constant,
  detach,
  drawIndex,
  type Expression,
  withGradientOf,
} from "@rockpool/kernel";
import { applyElementwise, ELEMENTWISE, FUNCTIONS } from "./functions.ts";
import type { Materials, Power } from "./materials.ts";
import { raise } from "./power.ts";
import type { Argument, Syntax } from "./syntax.ts";
import { combine, isKnown, type Term } from "./terms.ts";

/** Reads the arguments of functions. */
export interface PartReader {
  /** What a formula is computed from. */
  readonly materials: Materials;
  /** A number, of any level. */
  number(value: Syntax): Expression;
  /** A number for each element, for a function that needs that. */
  elements(name: string, value: Syntax): Expression;
  /** Where an element stands. */
  index(value: Syntax): Expression;
  /** One of two numbers or indices. */
  choice(condition: Syntax, yes: Syntax, no: Syntax): Expression;
  /** A power. */
  power(base: Syntax, exponent: Syntax): Expression;
  /** A power that is raised in some way. */
  raised(
    base: Expression,
    exponent: Expression,
    raise: Power["raise"],
  ): Expression;
  /** What names the next draw among all random numbers of a call. */
  slot(): number;
  /** Says what is wrong, and where. */
  fail(what: string, index: number): never;
}

/** The functions of what all elements of a window hold. */
const FOLDS = ["sum", "mean", "max", "min", "argmax", "argmin"] as const;

/**
 * What a function gives for arguments.
 *
 * @throws {FormulaError} where they are too many or too few, or not of its kind
 */
export function callFunction(
  reader: PartReader,
  { name, args, start }: Syntax & { readonly kind: "call" },
): Term {
  const { least, most, usage, word } = FUNCTIONS[name];
  const named = args.find((it) => it.name !== undefined);
  if (named) {
    reader.fail(`${name} takes no argument by name`, named.start);
  }
  if (args.length < least) {
    reader.fail(
      `${name} has ${args.length} of its ${
        plural(least, "argument")
      }: write ${usage}`,
      start,
    );
  }
  if (args.length > most) {
    reader.fail(
      `${name} takes ${
        most === 0 ? "no arguments" : plural(most, "argument")
      }, this is one more: write ${usage}`,
      args[most].start,
    );
  }
  if (word !== undefined) return counted(reader, name, { args, word });
  const values = args.map(({ value }) => value);
  if (FOLDS.some((fold) => fold === name) && args.length === 1) {
    return foldOf(reader, name as typeof FOLDS[number], values[0]);
  }
  return functionOf(reader, name, values);
}

/** What may be given a word, which says how to count or draw. */
function counted(
  reader: PartReader,
  name: string,
  { args: [argument], word }: {
    readonly args: readonly Argument[];
    readonly word: string;
  },
): Expression {
  const { fold, builtins } = reader.materials;
  if (argument) {
    const { value, start } = argument;
    if (value.kind !== "name" || value.name !== word) {
      reader.fail(`${name} takes nothing or the word "${word}"`, start);
    }
  }
  if (name === "count") return fold.count(argument ? "padded" : undefined);
  const slot = reader.slot();
  return argument ? builtins.elementRandom(slot) : builtins.windowRandom(slot);
}

function foldOf(
  reader: PartReader,
  name: typeof FOLDS[number],
  body: Syntax,
): Expression {
  const { fold } = reader.materials;
  const x = reader.elements(name, body);
  return name === "mean" ? fold.sum(x).div(fold.count().max(1)) : fold[name](x);
}

function functionOf(
  reader: PartReader,
  name: string,
  args: readonly Syntax[],
): Term {
  const { fold, builtins, size } = reader.materials;
  const number = (at: number) => reader.number(args[at]);
  switch (name) {
    case "max":
    case "min":
      return args.map((it) => reader.number(it))
        .reduce((a, b) => combine(name, a, b));
    case "draw":
      return drawIndex(
        reader.elements(name, args[0]),
        builtins.windowWord(reader.slot()),
      );
    case "at": {
      const body = reader.elements(name, args[0]);
      return fold.at(body, reader.index(args[1]));
    }
    case "size":
      return size;
    case "sqrt":
      return reader.raised(number(0), constant(0.5), squareRoot);
    case "pow":
      return reader.power(args[0], args[1]);
    case "clamp":
      return combine("min", combine("max", number(0), number(1)), number(2));
    case "select":
      return reader.choice(args[0], args[1], args[2]);
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

function squareRoot(x: Expression): Expression {
  return raise(x, constant(0.5));
}

function plural(count: number, word: string): string {
  return count === 1 ? `one ${word}` : `${count} ${word}s`;
}
