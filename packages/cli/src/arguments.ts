import { parseArgs } from "node:util";
import { describeRule, didYouMean, type OptionRule } from "@rockpool/core";

/** A flag that takes any text, such as a path. */
export interface TextRule {
  /** Any text, taken as it is. */
  readonly kind: "text";
  /** One sentence for people. */
  readonly help: string;
}

/** What a flag takes: an option of an operator, or one of the command's own. */
export type FlagRule = (OptionRule | TextRule) & {
  /** A one-letter name: `o` for `-o`. */
  readonly short?: string;
};

/** The flags of a command, by name; an `OptionSpec` is one. */
export type FlagSpec = Readonly<Record<string, FlagRule>>;

/** A command line taken apart. */
export interface ParsedArguments {
  /** What is no flag, in order. */
  readonly positionals: string[];
  /** The value of each flag that was given, by name. */
  readonly values: Record<string, unknown>;
}

/** The command line is wrong: its user, not the program, has to act. */
export class UsageError extends Error {
  /** Tells it from other errors. */
  override readonly name = "UsageError";
  /** What is shown below the message: where in a text something is wrong. */
  readonly excerpt: string | undefined;

  /** Says what is wrong, in one line. */
  constructor(
    message: string,
    { excerpt, cause }: { excerpt?: string; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.excerpt = excerpt;
  }
}

/**
 * Takes command-line arguments apart by their flags' rules.
 *
 * Values get the type of their rule: `--kernelSize 3`, `--kernelSize 3,5` per
 * axis, `--padding 0:1,1:1` before and after per axis, `--levels 4` for a list
 * of one, `--stride null` and `--outputSize null,4` where null is allowed,
 * `--ceilMode` and `--no-ceilMode`, the path of a file for a tensor. Ranges and
 * missing options are left to `validateOptions`, which checks every caller's
 * options.
 *
 * @throws {UsageError} for an unknown or repeated flag, or a value of another
 * type
 */
export function parseArguments(
  args: readonly string[],
  flags: FlagSpec,
): ParsedArguments {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(flags).map(([name, { kind, short }]) => {
        const type = kind === "boolean"
          ? "boolean" as const
          : "string" as const;
        return [name, short === undefined ? { type } : { type, short }];
      }),
    ),
    allowPositionals: true,
    // The parser's own messages are of several lines and suggest no names.
    strict: false,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, negated } = findFlag(token.name, token.rawName, flags);
    if (Object.hasOwn(values, name)) {
      throw new UsageError(`${token.rawName} is given twice, once is needed`);
    }
    const rule = flags[name];
    if (rule.kind !== "boolean") {
      // Where a value is missing, the parser takes the next flag for it.
      const missing = token.value === undefined ||
        (!token.inlineValue && token.value.startsWith("--"));
      values[name] = convert(token.rawName, rule, missing ? "" : token.value);
    } else if (token.value === undefined) {
      values[name] = !negated;
    } else {
      throw new UsageError(
        `${token.rawName} is "${token.value}": the flag alone is needed, ` +
          `--${name} or --no-${name}`,
      );
    }
  }
  return { positionals, values };
}

function findFlag(
  given: string,
  rawName: string,
  flags: FlagSpec,
): { name: string; negated: boolean } {
  if (Object.hasOwn(flags, given)) return { name: given, negated: false };
  const name = given.replace(/^no-/, "");
  if (Object.hasOwn(flags, name) && flags[name].kind === "boolean") {
    return { name, negated: true };
  }
  const known = Object.keys(flags).map((flag) => `--${flag}`);
  throw new UsageError(`Unknown flag ${rawName}${didYouMean(rawName, known)}`);
}

function convert(flag: string, rule: FlagRule, text = ""): unknown {
  if (text === "") {
    throw new UsageError(`${flag} has no value: ${needed(rule)} is needed`);
  }
  if (rule.kind === "text" || rule.kind === "choice") return text;
  if (rule.nullable && text === "null") return null;
  if (rule.kind === "tensor") return text;
  const value = rule.kind === "integer" || rule.kind === "number"
    ? toNumber(text)
    : toAxes(text, rule);
  if ([value].flat(2).includes(NaN)) {
    throw new UsageError(`${flag} is "${text}": ${needed(rule)} is needed`);
  }
  return value;
}

function needed(rule: FlagRule): string {
  if (rule.kind === "text") return "a text";
  const form = {
    axes: rule.nullableEntries
      ? " (written 3 or 3,5 or null,5)"
      : " (written 3 or 3,5)",
    sides: " (written 1 or 1,2 or 0:1,1:1)",
    ratios: " (written 0.5 or 0.5,0.7)",
    list: " (written 4 or 4,2,1)",
    tensor: " (a .npy file)",
  }[rule.kind as string] ?? "";
  return describeRule(rule) + form;
}

/** `3`, `3,5` or, of sides, `0:1,1:1`. */
function toAxes(
  text: string,
  { kind, nullableEntries }: OptionRule,
): number | (number | number[] | null)[] {
  const axes = text.split(",").map((axis) => {
    if (nullableEntries && axis === "null" && axis !== text) return null;
    const sides = axis.split(":");
    return kind === "sides" && sides.length === 2
      ? sides.map(toNumber)
      : toNumber(axis);
  });
  const [first] = axes;
  const single = axes.length === 1 && typeof first === "number";
  return single && kind !== "list" ? first : axes;
}

function toNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
