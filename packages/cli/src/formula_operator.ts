import type { AnyPoolingOp } from "@rockpool/core";
import { type FlagSpec, UsageError } from "./arguments.ts";

/** The flag that takes the place of an operator's name. */
export const formulaFlag: FlagSpec = {
  formula: {
    kind: "text",
    help: "a formula over a window in the place of an operator's name",
  },
};

/** A formula among arguments, and the others. */
export interface GivenFormula {
  readonly text: string;
  readonly rest: readonly string[];
}

/**
 * The formula that arguments give by `--formula TEXT` or `--formula=TEXT`.
 *
 * It decides what other flags there are, so it is taken before they are read.
 *
 * @throws {UsageError} where it has no text, or is given twice
 */
export function takeFormula(args: readonly string[]): GivenFormula | undefined {
  const isFormula = (arg: string) => /^--formula(=|$)/.test(arg);
  const at = args.findIndex(isFormula);
  if (at < 0) return undefined;
  const inline = args[at].startsWith("--formula=");
  const text = inline ? args[at].slice("--formula=".length) : args[at + 1];
  if (text === undefined) {
    throw new UsageError("--formula has no value: a formula is needed");
  }
  const rest = args.toSpliced(at, inline ? 1 : 2);
  if (rest.some(isFormula)) {
    throw new UsageError("--formula is given twice, once is needed");
  }
  return { text, rest };
}

/**
 * The operator that a formula describes.
 *
 * @throws {UsageError} where the text is no formula
 */
export async function formulaOperator(text: string): Promise<AnyPoolingOp> {
  // Most calls need no parser.
  const { formula, FormulaError } = await import("@rockpool/formula");
  try {
    const op: object = formula(text);
    return op as AnyPoolingOp;
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const { reason, excerpt } = error;
    throw new UsageError(reason, { excerpt, cause: error });
  }
}
