import { create, type MathNode, parseDependencies } from "mathjs";
import { FormulaError } from "./formula_error.ts";
import { NodeReader, standIn } from "./node_reader.ts";
import type { Statement } from "./syntax.ts";
import { type Token, tokenise } from "./tokens.ts";

const { parse } = create({ parseDependencies });

/**
 * The statements of a formula.
 *
 * The grammar is that of mathjs, whose nodes do not know where they are from.
 * So it is given the formula with every name and number replaced by the number
 * of its token, which no other one has.
 *
 * @throws {FormulaError} where it has no meaning that a formula can have
 */
export function parseFormula(text: string): Statement[] {
  const { tokens, comments } = tokenise(text);
  if (tokens.every(({ kind }) => kind === "end")) {
    throw new FormulaError("it is empty", { text, index: 0 });
  }
  checkOperators(text, tokens);
  const reader = new NodeReader(text, tokens);
  return statementsOf(parseTokens(text, tokens))
    .map((node) => reader.statement(node, comments));
}

/** Refuses what the grammar would take for functions or for ranges. */
function checkOperators(text: string, tokens: readonly Token[]): void {
  // How many choices have no ":" yet, for each parenthesis that is open.
  const choices = [0];
  for (const [at, { kind, text: operator, index }] of tokens.entries()) {
    if (kind !== "operator") continue;
    if (operator === "(") choices.push(0);
    if (operator === ")" && choices.length > 1) choices.pop();
    if (operator === "?") choices[choices.length - 1] += 1;
    if (operator === ":" && --choices[choices.length - 1] < 0) {
      throw new FormulaError(`a ":" stands behind a "?" only`, { text, index });
    }
    if (operator !== "and" && operator !== "or") continue;
    const before = tokens[at - 1];
    const follows = before && before.kind !== "end" &&
      (before.kind !== "operator" || before.text === ")");
    if (follows) continue;
    throw new FormulaError(`"${operator}" stands between two conditions`, {
      text,
      index,
    });
  }
}

function parseTokens(text: string, tokens: readonly Token[]): MathNode {
  const starts: number[] = [];
  let written = "";
  for (const [at, { kind, text }] of tokens.entries()) {
    starts.push(written.length);
    const isLeaf = kind === "name" || kind === "number";
    written += `${isLeaf ? standIn(at) : text} `;
  }
  try {
    return parse(written);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // mathjs counts characters from 1, and may mean the end.
    const { char } = error as SyntaxError & { char: number };
    const at = starts.findLastIndex((start) => start <= char - 1);
    const isEnd = char > written.trimEnd().length;
    const token = isEnd ? undefined : tokens[at];
    const last = tokens.findLast(({ kind }) => kind !== "end")!;
    const index = token?.index ?? last.end;
    throw new FormulaError(explain(error.message, token), { text, index });
  }
}

/** What mathjs found wrong, in terms of the formula. */
function explain(message: string, token: Token | undefined): string {
  const found = token === undefined
    ? "the end"
    : token.text === "\n"
    ? "the end of the line"
    : `"${token.text}"`;
  if (message.startsWith("Parenthesis )")) return `a ")" is missing`;
  if (message.includes("part of conditional")) {
    return `a ":" is missing: a choice is written condition ? yes : no`;
  }
  if (/^(Value expected|Unexpected end)/.test(message)) {
    return `${found} stands where a value is needed`;
  }
  return `${found} is not expected here`;
}

function statementsOf(node: MathNode): MathNode[] {
  if (node.type !== "BlockNode") return [node];
  const { blocks } = node as unknown as { blocks: { node: MathNode }[] };
  return blocks.map(({ node }) => node);
}
