import {
  type AnyPoolingOp,
  loadOperator,
  operatorNames,
  type Registry,
} from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { UsageError } from "./arguments.ts";
import { formulaOperator, takeFormula } from "./formula_operator.ts";
import { takePlugins } from "./plugins.ts";
import { asUsage } from "./usage.ts";

/** All operators of a registry, by default the built-in ones, sorted by name. */
export function loadOperators(
  registry: Registry = builtins as object as Registry,
): Promise<AnyPoolingOp[]> {
  return Promise.all(
    operatorNames(registry).map((name) => loadOperator(registry, name)),
  );
}

/** An operator, and the arguments that are not about which it is. */
export interface ChosenOperator {
  readonly op: AnyPoolingOp;
  readonly rest: readonly string[];
}

/**
 * The operator that a command's arguments choose: by its name, which is the
 * first of them, among the built-in ones and those of `--plugin`, or by
 * `--formula`.
 *
 * @throws {UsageError} where there is none
 */
export async function chosenOperator(
  args: readonly string[],
  command: string,
): Promise<ChosenOperator> {
  const given = takeFormula(args);
  if (given) return { op: await formulaOperator(given.text), rest: given.rest };
  const { registry, rest: [name, ...rest] } = await takePlugins(args);
  if (name === undefined || name.startsWith("-")) {
    throw new UsageError(
      `The name of an operator is missing after "${command}": rockpool list has them all`,
    );
  }
  const op = await asUsage(() => loadOperator(registry, name), [RangeError]);
  return { op, rest };
}
