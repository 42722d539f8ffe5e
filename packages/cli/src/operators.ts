import { type AnyPoolingOp, loadOperator, operatorNames } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { UsageError } from "./arguments.ts";
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

/**
 * The operator that a command's first argument names.
 *
 * @throws {UsageError} where there is no name, or none of a built-in operator
 */
export async function namedOperator(
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
