import { didYouMean } from "@rockpool/core";

/** A whole number as libraries for protobuf decode it: Long has a method. */
export type WholeNumber = number | bigint | { toNumber(): number };

/** An attribute as a plain value. */
export type PlainAttribute = WholeNumber | string | readonly WholeNumber[];

/** An AttributeProto as libraries for protobuf decode it. */
export interface AttributeMessage {
  /** Its name. */
  readonly name?: string | null;
  /** What it holds, by the number or the word of onnx.proto. */
  readonly type?: number | string | null;
  /** A whole number. */
  readonly i?: WholeNumber | null;
  /** A number with a fraction. */
  readonly f?: number | null;
  /** Text in UTF-8. */
  readonly s?: Uint8Array | string | null;
  /** Whole numbers. */
  readonly ints?: readonly WholeNumber[] | null;
  /** The name of an attribute of a function that it stands for. */
  readonly refAttrName?: string | null;
}

/** What an attribute is once it is read. */
export type Attribute = number | string | readonly number[];

/** What an operator's attribute is, and in which opsets it has it. */
export interface AttributeRule {
  /** What it holds. */
  readonly kind: "integer" | "float" | "text" | "integers";
  /** The first opset that has it; that of the operator by default. */
  readonly since?: number;
  /** What it holds where it is left out; undefined is for the operator to say. */
  readonly default?: Attribute;
  /** Whether it must be given. */
  readonly required?: boolean;
  /** The smallest allowed number, or entry of a list. */
  readonly min?: number;
  /** The largest allowed number. */
  readonly max?: number;
  /** A number that all others must be greater than. */
  readonly above?: number;
  /** The allowed words. */
  readonly words?: readonly string[];
}

/** Reads a node's attributes by the rules of its operator. */
export interface AttributePlace {
  /** The node, for messages: `MaxPool "pool1"`. */
  readonly node: string;
  /** The opset that the node is written in. */
  readonly opset: number;
}

/**
 * The attributes of a node, checked, with defaults for those left out.
 *
 * @throws {TypeError} for an attribute that the operator lacks in this opset,
 * that is missing, or is of another kind
 * @throws {RangeError} for a value that is not covered
 */
export function readAttributes(
  given: Readonly<Record<string, PlainAttribute | AttributeMessage>>,
  rules: Readonly<Record<string, AttributeRule>>,
  place: AttributePlace,
): Record<string, Attribute> {
  const read: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) {
      throw new TypeError(
        `Cannot read ${place.node}: it has no attribute ${name}${
          didYouMean(name, Object.keys(rules))
        }`,
      );
    }
    const { since = 1 } = rules[name];
    if (place.opset < since) {
      throw new TypeError(
        `Cannot read ${place.node}: its attribute ${name} came with opset ${since}, the node is of opset ${place.opset}`,
      );
    }
    read[name] = readOne(name, value, { ...place, rule: rules[name] });
  }
  for (const [name, rule] of Object.entries(rules)) {
    if (name in read) continue;
    if (rule.required) {
      throw new TypeError(
        `Cannot read ${place.node}: its attribute ${name} is missing, ${
          describe(rule)
        } is needed`,
      );
    }
    if (rule.default !== undefined) read[name] = rule.default;
  }
  return read;
}

function readOne(
  name: string,
  given: PlainAttribute | AttributeMessage,
  { node, rule }: AttributePlace & { readonly rule: AttributeRule },
): Attribute {
  const refuse = (kind: typeof TypeError | typeof RangeError): never => {
    throw new kind(
      `Cannot read ${node}: its attribute ${name} is ${show(given)}, ${
        describe(rule)
      } is needed`,
    );
  };
  if (isMessage(given) && given.refAttrName) {
    throw new TypeError(
      `Cannot read ${node}: its attribute ${name} stands for ${given.refAttrName} of a function, a value is needed`,
    );
  }
  if (isMessage(given) && !hasType(given, rule.kind)) return refuse(TypeError);
  const value = isMessage(given) ? fieldOf(given, rule.kind) : given;
  if (rule.kind === "text") {
    if (typeof value !== "string") return refuse(TypeError);
    return rule.words?.includes(value) ? value : refuse(RangeError);
  }
  if (rule.kind === "integers") {
    if (!Array.isArray(value)) return refuse(TypeError);
    const numbers = value.map(toNumber);
    if (numbers.some((n) => n === undefined)) return refuse(TypeError);
    const allowed = numbers.every((n) =>
      Number.isSafeInteger(n) && isAllowed(n as number, rule)
    );
    return allowed ? numbers as number[] : refuse(RangeError);
  }
  const number = toNumber(value);
  if (number === undefined) return refuse(TypeError);
  const whole = rule.kind === "float" || Number.isSafeInteger(number);
  return whole && isAllowed(number, rule) ? number : refuse(RangeError);
}

function isAllowed(
  number: number,
  { min = -Infinity, max = Infinity, above = -Infinity }: AttributeRule,
): boolean {
  return Number.isFinite(number) && number >= min && number <= max &&
    number > above;
}

function isMessage(
  value: PlainAttribute | AttributeMessage,
): value is AttributeMessage {
  return typeof value === "object" && !Array.isArray(value) &&
    "name" in value;
}

/** Numbers and words that onnx.proto gives to kinds of attributes. */
const TYPES: Readonly<Record<AttributeRule["kind"], [number, string]>> = {
  float: [1, "FLOAT"],
  integer: [2, "INT"],
  text: [3, "STRING"],
  integers: [7, "INTS"],
};

/** Whether a message is of a kind, as far as it says: old ones may not. */
function hasType({ type }: AttributeMessage, kind: AttributeRule["kind"]) {
  return !type || type === "UNDEFINED" ||
    TYPES[kind].some((known) => known === type);
}

/** The field that holds a value of this kind; undefined where it is empty. */
function fieldOf(
  message: AttributeMessage,
  kind: AttributeRule["kind"],
): unknown {
  switch (kind) {
    case "integer":
      return message.i;
    case "float":
      return message.f;
    case "integers":
      // A reader of protobuf may give a typed array or a class of its own.
      return message.ints && Array.from(message.ints);
    case "text":
      return message.s instanceof Uint8Array
        ? new TextDecoder().decode(message.s)
        : message.s;
  }
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  const long = value as { toNumber?: unknown } | null;
  return typeof long === "object" && typeof long?.toNumber === "function"
    ? Number(long.toNumber())
    : undefined;
}

function describe({ kind, min, max, above, words }: AttributeRule): string {
  if (words) return words.map((word) => `"${word}"`).join(" or ");
  const what = {
    integer: "an integer",
    float: "a number",
    text: "text",
    integers: "a list of integers",
  }[kind];
  const limits = [
    ...min === undefined ? [] : [` of at least ${min}`],
    ...max === undefined ? [] : [` of at most ${max}`],
    ...above === undefined ? [] : [` greater than ${above}`],
  ];
  return what + limits.join(" and");
}

function show(value: PlainAttribute | AttributeMessage): string {
  if (typeof value === "string") return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(String).join(", ")}]`;
  if (!isMessage(value)) return String(value);
  const { i, f, s, ints } = value;
  const text = s instanceof Uint8Array ? new TextDecoder().decode(s) : s;
  if (text) return `"${text}"`;
  if (ints && ints.length > 0) return `[${Array.from(ints).join(", ")}]`;
  return f || i ? String(f || i) : `empty, of type ${value.type}`;
}
