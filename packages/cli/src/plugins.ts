import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type AnyPoolingOp,
  defineRegistry,
  type Registry,
} from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import { type FlagSpec, UsageError } from "./arguments.ts";

/** The flag that adds operators of other people. */
export const pluginFlag: FlagSpec = {
  plugin: {
    kind: "text",
    help:
      "a module of pooling operators: ./mod.ts, npm:my-pool or jsr:@me/my-pool; as often as wanted",
  },
};

/** Operators by name, the built-in ones and others, and further arguments. */
export interface GivenPlugins {
  readonly registry: Registry;
  readonly rest: readonly string[];
}

/**
 * The built-in operators and those of the modules that arguments name by
 * `--plugin`, however often.
 *
 * They decide what operators and flags there are, so they are taken before
 * other arguments are read.
 *
 * @throws {UsageError} where a module cannot be imported, has no operator, or
 * one of a name that is taken
 */
export async function takePlugins(
  args: readonly string[],
): Promise<GivenPlugins> {
  const rest: string[] = [];
  const specifiers: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const flag = args[at].match(/^--plugin(?:=(.*))?$/s);
    if (!flag) {
      rest.push(args[at]);
      continue;
    }
    const specifier = flag[1] ?? args[++at] ?? "";
    if (specifier === "" || specifier.startsWith("--")) {
      throw new UsageError(
        "--plugin has no value: a module of pooling operators is needed",
      );
    }
    specifiers.push(specifier);
  }
  const ops: Record<string, Registry[string]> = { ...asRegistry(builtins) };
  for (const specifier of specifiers) {
    for (const op of await operatorsOf(specifier)) {
      if (Object.hasOwn(ops, op.name)) {
        throw new UsageError(
          `Cannot load ${specifier}: there is an operator "${op.name}" already, another name is needed`,
        );
      }
      ops[op.name] = () => Promise.resolve({ default: op });
    }
  }
  return { registry: defineRegistry(ops), rest };
}

/** A registry whose types are known only at run time. */
function asRegistry(registry: object): Registry {
  return registry as Registry;
}

/** The operators that a module exports, by default or by name. */
async function operatorsOf(specifier: string): Promise<AnyPoolingOp[]> {
  let module: Record<string, unknown>;
  try {
    module = await import(urlOf(specifier));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot load ${specifier}: ${reason}`, {
      cause: error,
    });
  }
  const ops = [...new Set(Object.values(module).filter(isOperator))];
  if (ops.length > 0) return ops;
  const names = Object.keys(module).join(", ") || "nothing";
  throw new UsageError(
    `Cannot load ${specifier}: it exports ${names}, a pooling operator is needed, with name, summary, category, options, inputs, shape() and forward()`,
  );
}

/** Paths count from the working folder, names as the runtime knows them. */
function urlOf(specifier: string): string {
  const hasScheme = /^[a-z]{2,}:/.test(specifier);
  const isName = /^@?[\w-]+(\/[\w.-]+)*$/.test(specifier) &&
    !/\.[mc]?[jt]s$/.test(specifier);
  if (hasScheme || isName) return specifier;
  return pathToFileURL(resolve(specifier)).href;
}

function isOperator(value: unknown): value is AnyPoolingOp {
  const op = value as Partial<AnyPoolingOp> | null;
  return typeof op === "object" && op !== null &&
    typeof op.name === "string" && typeof op.summary === "string" &&
    typeof op.category === "string" && typeof op.options === "object" &&
    Array.isArray(op.inputs) && typeof op.shape === "function" &&
    typeof op.forward === "function";
}
