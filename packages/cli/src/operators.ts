import { type AnyPoolingOp, loadOperator, operatorNames } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { UsageError } from "./arguments.ts";
import { formulaOperator, takeFormula } from "./formula_operator.ts";
import { asUsage } from "./usage.ts";

/** A built-in operator by its name, its options known only at run time. */
export async function loadBuiltin(name: string): Promise<AnyPoolingOp> {
  const op: object = await loadOperator(
    builtins,
    name as keyof typeof builtins,
  );
  return op as AnyPoolingOp;
}

/** All built-in operators, sorted by name. */
export function loadBuiltins(): Promise<AnyPoolingOp[]> {
  return Promise.all(operatorNames(builtins).map(loadBuiltin));
}

/** An operator, and the arguments that are not about which it is. */
export interface ChosenOperator {
  readonly op: AnyPoolingOp;
  readonly rest: readonly string[];
}

/**
 * The operator that a command's arguments choose: by its name, which is the
 * first of them, or by `--formula`.
 *
 * @throws {UsageError} where there is none
 */
export async function chosenOperator(
  args: readonly string[],
  command: string,
): Promise<ChosenOperator> {
  const given = takeFormula(args);
  if (given) return { op: await formulaOperator(given.text), rest: given.rest };
  const [name, ...rest] = args;
  return { op: await namedOperator(name, command), rest };
}

/**
 * The operator that a command's first argument names.
 *
 * @throws {UsageError} where there is no name, or none of a built-in operator
 */
async function namedOperator(
  name: string | undefined,
  command: string,
): Promise<AnyPoolingOp> {
  if (name === undefined || name.startsWith("-")) {
    throw new UsageError(
      `The name of an operator is missing after "${command}": rockpool list has them all`,
    );
  }
  return await asUsage(() => loadBuiltin(name), [RangeError]);
}
