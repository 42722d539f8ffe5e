import { didYouMean } from "./suggest.ts";
import { checkTensor, type Tensor } from "./value.ts";

/** What one option may be: the one source for validation, flags and docs. */
export interface OptionRule<T = unknown> {
  /**
   * `axes`: an integer, or one per axis. `sides`: also [before, after] per axis.
   * `ratios`: a number, or one per axis. `list`: integers, as many as wanted.
   * `tensor`: numbers that the host needs to know, such as given samples; they
   * have no gradient.
   */
  readonly kind:
    | "integer"
    | "number"
    | "boolean"
    | "choice"
    | "axes"
    | "sides"
    | "ratios"
    | "list"
    | "tensor";
  /** One sentence for people. */
  readonly help: string;
  /** Taken when the option is not given; an option without it is required. */
  readonly default?: T;
  /** Whether null is allowed too. */
  readonly nullable?: boolean;
  /** Whether null is allowed as an entry of a list. */
  readonly nullableEntries?: boolean;
  /** The smallest allowed number. */
  readonly min?: number;
  /** The largest allowed number. */
  readonly max?: number;
  /** A number that all others must be greater than. */
  readonly above?: number;
  /** A number that all others must be less than. */
  readonly below?: number;
  /** Whether Infinity is allowed too. */
  readonly infinite?: boolean;
  /** A single value that is not allowed. */
  readonly not?: number;
  /** The allowed words of a choice. */
  readonly choices?: readonly string[];
}

/** A rule for each option of an operator. */
export type OptionSpec<Options extends object> = {
  readonly [Name in keyof Options]-?: OptionRule<Options[Name]>;
};

/** Options as a caller gives them: each may be left out. */
export type GivenOptions<Options extends object> = Partial<Options>;

/** What a rule asks for, in words: `an integer of at least 1`. */
export function describeRule(rule: OptionRule): string {
  const kind = {
    integer: "an integer",
    number: "a number",
    boolean: "true or false",
    choice: (rule.choices ?? []).map((word) => `"${word}"`).join(" or "),
    axes: "an integer or one per axis",
    sides: "an integer, one per axis, or [before, after] per axis",
    ratios: "a number or one per axis",
    list: "a list of one or more integers",
    tensor: "a tensor",
  }[rule.kind];
  const limits = [
    rule.min === undefined ? "" : ` of at least ${rule.min}`,
    rule.max === undefined ? "" : ` of at most ${rule.max}`,
    rule.above === undefined ? "" : ` greater than ${rule.above}`,
    rule.below === undefined ? "" : ` less than ${rule.below}`,
    rule.not === undefined ? "" : ` other than ${rule.not}`,
  ].filter((limit) => limit !== "").join(" and");
  return kind + limits + (rule.nullableEntries ? ", null for some" : "") +
    (rule.infinite ? ", or Infinity" : "") + (rule.nullable ? ", or null" : "");
}

/**
 * The options with defaults filled in, checked against their rules.
 *
 * @throws {TypeError} for an unknown or missing option or one of a wrong kind
 * @throws {RangeError} for a value outside an option's range
 */
export function validateOptions<Options extends object>(
  spec: OptionSpec<Options>,
  given: GivenOptions<Options>,
): Options {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(spec, name)) {
      throw new TypeError(
        `Unknown option "${name}"${didYouMean(name, Object.keys(spec))}`,
      );
    }
  }
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries<OptionRule>(spec)) {
    const value = (given as Record<string, unknown>)[name];
    if (value !== undefined) {
      checkOption(name, value, rule);
      options[name] = value;
    } else if (Object.hasOwn(rule, "default")) {
      options[name] = rule.default;
    } else {
      throw new TypeError(
        `Option ${name} is missing: ${describeRule(rule)} is needed`,
      );
    }
  }
  return options as Options;
}

function checkOption(name: string, value: unknown, rule: OptionRule): void {
  const refuse = (kind: typeof RangeError | typeof TypeError): never => {
    throw new kind(
      `Option ${name} is ${show(value)}: ${describeRule(rule)} is needed`,
    );
  };
  if (value === null) {
    if (!rule.nullable) refuse(TypeError);
    return;
  }
  if (rule.kind === "boolean") {
    if (typeof value !== "boolean") refuse(TypeError);
  } else if (rule.kind === "choice") {
    if (typeof value !== "string") refuse(TypeError);
    if (!rule.choices?.includes(value as string)) refuse(RangeError);
  } else if (rule.kind === "tensor") {
    if (typeof value !== "object" || Array.isArray(value)) refuse(TypeError);
    checkTensor(value as Tensor, `option ${name}`);
  } else {
    const empty = Array.isArray(value) && value.length === 0;
    if (empty && rule.kind === "list") refuse(RangeError);
    for (const number of numbersOf(value, rule)) {
      if (number === null && rule.nullableEntries) continue;
      if (typeof number !== "number") return refuse(TypeError);
      if (!allows(rule, number)) refuse(RangeError);
    }
  }
}

/** The numbers inside an option of this kind; `undefined` marks a wrong nesting. */
function numbersOf(value: unknown, rule: OptionRule): unknown[] {
  const lists = ["axes", "sides", "ratios", "list"].includes(rule.kind);
  if (!Array.isArray(value)) {
    return rule.kind === "list" ? [undefined] : [value];
  }
  if (!lists || value.length === 0) return [undefined];
  return value.flatMap((axis) => {
    if (!Array.isArray(axis)) return [axis];
    return rule.kind === "sides" && axis.length === 2 ? axis : [undefined];
  });
}

function allows(rule: OptionRule, number: number): boolean {
  if (rule.infinite && number === Infinity) return true;
  return Number.isFinite(number) &&
    (["number", "ratios"].includes(rule.kind) ||
      Number.isSafeInteger(number)) &&
    number >= (rule.min ?? -Infinity) &&
    number <= (rule.max ?? Infinity) &&
    number > (rule.above ?? -Infinity) &&
    number < (rule.below ?? Infinity) &&
    number !== rule.not;
}

function show(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  return Array.isArray(value) ? `[${value.map(show)}]` : String(value);
}
