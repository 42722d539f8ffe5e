import { FormulaError } from "./formula_error.ts";

/** A part of a formula that has a meaning of its own. */
export interface Token {
  /** What it is; `end` ends a statement. */
  readonly kind: "name" | "number" | "operator" | "end";
  /** How the grammar writes it: `*` where a formula has `×`. */
  readonly text: string;
  /** Where it begins in the formula. */
  readonly index: number;
  /** Where it ends there. */
  readonly end: number;
}

/** A formula as tokens. */
export interface Tokens {
  /** All of them, in order. */
  readonly tokens: readonly Token[];
  /** The comment on a statement's last line, by where the statement begins. */
  readonly comments: ReadonlyMap<number, string>;
}

/** What the grammar writes in another way. */
const SPELLINGS: Readonly<Record<string, string>> = {
  "−": "-",
  "×": "*",
  "·": "*",
  "⋅": "*",
  "÷": "/",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
};

/** What a formula has no use for, and what takes its place. */
const FOREIGN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\*\*/y, 'powers are written with "^"'],
  [/&&?/y, 'conditions are joined by "and"'],
  [/\|\|?/y, 'conditions are joined by "or", and magnitudes are abs(…)'],
  [/!(?!=)/y, 'conditions are negated by "not"'],
  [/["'`]/y, "a formula has no texts"],
  [/[[\]{}]/y, "a formula has no matrices and no objects, only ( and )"],
  [/%/y, "there is no remainder and there are no percents"],
  [/\.(?!\d)/y, "a point stands in numbers only"],
];

const NAME = /\p{L}[\p{L}\p{M}\p{N}_]*/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const OPERATOR = /==|!=|<=|>=|[-+*/^(),?:=<>−×·⋅÷≤≥≠]/y;
const END = /;|\r\n|[\n\r]/y;
const SPACE = /[^\S\n\r]+/y;
const COMMENT = /#[^\n\r]*/y;

/** The operators that a statement may begin with. */
const BEGINNINGS = ["+", "-", "(", ")", "not"];

/** The words that are operators. */
const WORDS = ["and", "or", "not"];

/**
 * Takes a formula apart.
 *
 * @throws {FormulaError} for a character that no formula has
 */
export function tokenise(text: string): Tokens {
  const tokens: Token[] = [];
  const comments = new Map<number, string>();
  let depth = 0;
  let statement: number | undefined;
  for (let index = 0; index < text.length;) {
    const read = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = index;
      return pattern.exec(text)?.[0];
    };
    const add = (kind: Token["kind"], found: string, spelt = found) => {
      tokens.push({ kind, text: spelt, index, end: index + found.length });
      if (kind !== "end") statement ??= index;
      index += found.length;
    };
    const space = read(SPACE);
    const comment = read(COMMENT);
    const end = read(END);
    const name = read(NAME);
    const number = read(NUMBER);
    if (space !== undefined) {
      index += space.length;
    } else if (comment !== undefined) {
      const words = comment.slice(1).trim();
      const about = statement ?? lastStatement(tokens);
      if (about !== undefined && words !== "") comments.set(about, words);
      index += comment.length;
    } else if (end !== undefined) {
      // Inside parentheses a line goes on.
      if (depth > 0 && end !== ";") index += end.length;
      else {
        add("end", end, end === ";" ? ";" : "\n");
        statement = undefined;
      }
    } else if (number !== undefined) {
      add("number", number);
    } else if (name !== undefined) {
      const word = name.normalize();
      add(WORDS.includes(word) ? "operator" : "name", name, word);
    } else {
      const foreign = FOREIGN.find(([pattern]) => read(pattern));
      const operator = read(OPERATOR);
      if (foreign || operator === undefined) {
        refuse(text, index, foreign?.[1] ?? "no formula has it");
      }
      if (operator === "(") depth += 1;
      if (operator === ")") depth -= 1;
      add("operator", operator, SPELLINGS[operator] ?? operator);
    }
  }
  return { tokens: tokens.filter(isNoBreak), comments };
}

/** Whether a token is other than the end of a line that the next one goes on. */
function isNoBreak(
  { kind, text }: Token,
  at: number,
  tokens: readonly Token[],
): boolean {
  if (kind !== "end" || text === ";") return true;
  const next = tokens.slice(at).find((it) => it.text !== "\n");
  return next?.kind !== "operator" || BEGINNINGS.includes(next.text);
}

/** Where the statement on this line begins that a `;` ended already. */
function lastStatement(tokens: readonly Token[]): number | undefined {
  let found: number | undefined;
  for (const token of tokens.toReversed()) {
    if (token.kind === "end") {
      if (token.text === "\n" || found !== undefined) break;
    } else found = token.index;
  }
  return found;
}

function refuse(text: string, index: number, why: string): never {
  const character = String.fromCodePoint(text.codePointAt(index)!);
  throw new FormulaError(`unexpected "${character}": ${why}`, { text, index });
}
