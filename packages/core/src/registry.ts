import { checkContract } from "./contract.ts";
import type { PoolingOp } from "./op.ts";
import { didYouMean } from "./suggest.ts";

/** A module whose default export is an operator. */
export interface OpModule<Op = AnyPoolingOp> {
  /** The operator. */
  readonly default: Op;
}

/** An operator whose options and tensors are known only when it is loaded. */
export type AnyPoolingOp = PoolingOp<object, string, string, string>;

/** Operators by name, each loaded when it is first asked for. */
export type Registry<Ops = Record<string, AnyPoolingOp>> = {
  readonly [Name in keyof Ops]: () => Promise<OpModule<Ops[Name]>>;
};

/**
 * A registry of operators: names, and how to load each.
 *
 * There is no global table: a registry of built-ins and of your own is
 * `defineRegistry({ ...builtins, "my-pool": () => import("…") })`.
 *
 * @throws {TypeError} if a name is not in lower-case words joined by hyphens,
 * or what it stands for is not a function
 */
export function defineRegistry<Ops>(loaders: Registry<Ops>): Registry<Ops> {
  for (const [name, load] of Object.entries(loaders)) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
      throw new TypeError(
        `Cannot register "${name}": a name is lower-case words joined by hyphens`,
      );
    }
    if (typeof load !== "function") {
      throw new TypeError(
        `Cannot register "${name}": it is ${typeof load}, a function that imports the operator's module is needed`,
      );
    }
  }
  return Object.freeze({ ...loaders });
}

/** The names of a registry's operators, sorted. */
export function operatorNames<Ops>(registry: Registry<Ops>): string[] {
  return Object.keys(registry).sort();
}

/**
 * Loads an operator by its name.
 *
 * @throws {RangeError} for a name that the registry lacks; the message has the near ones
 * @throws {TypeError} for an operator that was made for another contract
 */
export async function loadOperator<Ops, Name extends keyof Ops & string>(
  registry: Registry<Ops>,
  name: Name,
): Promise<Ops[Name]> {
  if (!Object.hasOwn(registry, name)) {
    throw new RangeError(
      `There is no pooling operator "${name}"${
        didYouMean(name, operatorNames(registry))
      }`,
    );
  }
  const op = (await registry[name]()).default;
  checkContract(op as AnyPoolingOp);
  return op;
}
