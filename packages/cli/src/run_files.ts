import { didYouMean } from "@rockpool/core";
import { UsageError } from "./arguments.ts";

/** The values of flags, by name. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** Paths by the names of the tensors in them. */
export type Files = Readonly<Record<string, string>>;

/** The flags of files of one kind. */
export interface FileQuery {
  /** The flag without a tensor's name: `output` of `--output.indices`. */
  readonly flag: "input" | "weight" | "output" | "grad-input" | "grad-weight";
  /** The names of tensors that there are. */
  readonly known: readonly string[];
  /** The tensor that the bare flag stands for. */
  readonly bare?: string;
}

/**
 * The files that flags name: `--output y.npy --output.indices i.npy`.
 *
 * @throws {UsageError} for a tensor that there is none of, or given twice
 */
export function filesOf(
  values: FlagValues,
  { flag, known, bare }: FileQuery,
): Files {
  const files: Record<string, string> = {};
  for (const [given, path] of Object.entries(values)) {
    const [base, name = bare] = given.split(".");
    if (base !== flag || name === undefined) continue;
    if (!known.includes(name)) {
      throw new UsageError(
        `Unknown flag --${given}: there is no such tensor${
          didYouMean(name, known)
        }`,
      );
    }
    if (Object.hasOwn(files, name)) {
      throw new UsageError(
        `--${flag} and --${flag}.${name} are the same tensor, one is needed`,
      );
    }
    files[name] = path as string;
  }
  return files;
}

/**
 * The files of an operator's inputs: by position in the order of the inputs,
 * or `--input.NAME`.
 *
 * @throws {UsageError} where an input is missing or there are too many
 */
export function inputFiles(
  op: { readonly name: string; readonly inputs: readonly string[] },
  positionals: readonly string[],
  values: FlagValues,
): Files {
  const named = filesOf(values, { flag: "input", known: op.inputs });
  const unnamed = op.inputs.filter((name) => !Object.hasOwn(named, name));
  const files: Record<string, string> = { ...named };
  for (const [index, name] of unnamed.entries()) {
    if (index < positionals.length) files[name] = positionals[index];
  }
  const needed = `${op.name} needs a file for ${op.inputs.join(" and ")}`;
  const missing = op.inputs.find((name) => !Object.hasOwn(files, name));
  if (missing !== undefined) {
    throw new UsageError(`The input ${missing} is missing: ${needed}`);
  }
  if (positionals.length > unnamed.length) {
    throw new UsageError(
      `"${positionals[unnamed.length]}" is one file too many: ${needed}`,
    );
  }
  return files;
}
