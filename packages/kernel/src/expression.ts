import {
  type ExpressionType,
  type Level,
  type Operation,
  signatures,
} from "./operation.ts";

/** An operand: an expression, or a number that stands for a constant. */
export type Operand = Expression | number;

/** The levels from the one that changes least to the one that changes most. */
const LEVELS: readonly Level[] = ["uniform", "window", "element"];

/**
 * A formula: an operation on other formulas. Immutable, and unique: two equal
 * formulas are the same object, so that what is written twice is computed once.
 */
export class Expression {
  private constructor(
    /** A number that no other expression has. */
    readonly id: number,
    /** What is done. */
    readonly operation: Operation,
    /** What it is done to. */
    readonly operands: readonly Expression[],
    /** The name of a leaf that stands for a tensor or a scalar. */
    readonly name: string,
    /** The value of a constant. */
    readonly value: number,
    /** How often the value changes. */
    readonly level: Level,
  ) {}

  static readonly #known = new Map<string, Expression>();

  /** The one expression with this operation, these operands and this content. */
  static of(
    operation: Operation,
    operands: readonly Expression[] = [],
    content: { name?: string; value?: number } = {},
  ): Expression {
    const { name = "", value = 0 } = content;
    const number = Object.is(value, -0) ? "-0" : String(value);
    const key = [operation, name, number, ...operands.map((x) => x.id)].join();
    let known = Expression.#known.get(key);
    if (!known) {
      const own = signatures[operation];
      const rank = Math.max(0, ...operands.map((x) => LEVELS.indexOf(x.level)));
      known = new Expression(
        Expression.#known.size,
        operation,
        operands,
        name,
        value,
        own.level ?? LEVELS[rank],
      );
      Expression.#known.set(key, known);
    }
    return known;
  }

  /** What the value is. */
  get type(): ExpressionType {
    return signatures[this.operation].type;
  }

  /** `-this`. */
  neg(): Expression {
    return unary("neg", this);
  }
  /** `|this|`. */
  abs(): Expression {
    return unary("abs", this);
  }
  /** −1, 0 or 1. */
  sign(): Expression {
    return unary("sign", this);
  }
  /** The largest integer that is not greater; its gradient is zero. */
  floor(): Expression {
    return unary("floor", this);
  }
  /** The square root. */
  sqrt(): Expression {
    return unary("sqrt", this);
  }
  /** e to the power of this. */
  exp(): Expression {
    return unary("exp", this);
  }
  /** The natural logarithm. */
  log(): Expression {
    return unary("log", this);
  }
  /** `this + other`. */
  add(other: Operand): Expression {
    return binary("add", this, other);
  }
  /** `this - other`. */
  sub(other: Operand): Expression {
    return binary("sub", this, other);
  }
  /** `this * other`. */
  mul(other: Operand): Expression {
    return binary("mul", this, other);
  }
  /** `this / other`. */
  div(other: Operand): Expression {
    return binary("div", this, other);
  }
  /** This to the power of `other`; NaN where this is negative. */
  pow(other: Operand): Expression {
    return binary("pow", this, other);
  }
  /** The greater of two; NaN where either is. */
  max(other: Operand): Expression {
    return binary("max", this, other);
  }
  /** The smaller of two; NaN where either is. */
  min(other: Operand): Expression {
    return binary("min", this, other);
  }
  /** An index as a number, exact below 2²⁴. */
  asNumber(): Expression {
    return typed("asNumber", "i32", [this]);
  }
  /** ⌊log₂|this|⌋ in float32; −127 below the normal numbers, 128 beyond all. */
  exponent(): Expression {
    return unary("exponent", this);
  }
  /** This in float32 times 2 to an integer power, exact among normal numbers. */
  ldexp(power: Operand): Expression {
    return binary("ldexp", this, power);
  }
  /** A number without its fraction, as an index; 0 for NaN. */
  asIndex(): Expression {
    return typed("asIndex", "f32", [this]);
  }
  /** The upper half of the product of two unsigned integers. */
  mulHigh(other: Expression): Expression {
    return typed("mulHigh", "i32", [this, other]);
  }
  /** Whether this is not a number. */
  isNaN(): Expression {
    return unary("isNaN", this);
  }
  /** `this < other`. */
  lt(other: Operand): Expression {
    return binary("lt", this, other);
  }
  /** `this <= other`. */
  le(other: Operand): Expression {
    return binary("le", this, other);
  }
  /** `this > other`. */
  gt(other: Operand): Expression {
    return binary("lt", other, this);
  }
  /** `this >= other`. */
  ge(other: Operand): Expression {
    return binary("le", other, this);
  }
  /** `this == other`, of numbers or of indices. */
  eq(other: Operand): Expression {
    return this.type === "i32"
      ? typed("sameIndex", "i32", [this, indexOperand(other)])
      : binary("eq", this, other);
  }
  /** Whether both conditions hold. */
  and(other: Expression): Expression {
    return typed("and", "bool", [this, other]);
  }
  /** Whether either condition holds. */
  or(other: Expression): Expression {
    return typed("or", "bool", [this, other]);
  }
  /**
   * This condition of a window, of which nearly all windows are expected to
   * meet it: code may be made for them that is faster.
   */
  likely(): Expression {
    return typed("likely", "bool", [this]);
  }
  /** Whether the condition does not hold. */
  not(): Expression {
    return typed("not", "bool", [this]);
  }
}

/**
 * `condition ? yes : no` of two numbers, with the gradient of the branch that
 * is taken, or of two indices.
 */
export function select(
  condition: Expression,
  yes: Operand,
  no: Operand,
): Expression {
  expectType("select", condition, "bool");
  const isIndex = [yes, no].some((x) =>
    x instanceof Expression && x.type === "i32"
  );
  const branches = [yes, no].map(isIndex ? indexOperand : operand);
  for (const x of branches) expectType("select", x, isIndex ? "i32" : "f32");
  return branches[0] === branches[1]
    ? branches[0]
    : Expression.of(isIndex ? "selectIndex" : "select", [
      condition,
      ...branches,
    ]);
}

/** The value of an expression, as a constant: its gradient is zero. */
export function detach(x: Expression): Expression {
  return typed("detach", "f32", [x]);
}

/** The value of one expression with the gradient of another (straight-through). */
export function withGradientOf(value: Operand, source: Operand): Expression {
  return typed("withGradientOf", "f32", [operand(value), operand(source)]);
}

/** A number as an expression. */
export function constant(value: number): Expression {
  return Expression.of("constant", [], { value });
}

/** An index as an expression. */
export function integer(value: number): Expression {
  return Expression.of("integer", [], { value });
}

/** A leaf of the language. */
export function leaf(operation: Operation, name = ""): Expression {
  return Expression.of(operation, [], { name });
}

/** An expression for an operand. */
export function operand(x: Operand): Expression {
  if (typeof x === "number") return constant(x);
  if (x instanceof Expression) return x;
  throw new TypeError(
    `Cannot use ${typeof x} in a formula: an expression or a number is needed${
      x === undefined ? ", perhaps a leaf that the kernel does not name" : ""
    }`,
  );
}

function indexOperand(x: Operand): Expression {
  return typeof x === "number" ? integer(x) : x;
}

function expectType(
  what: string,
  x: Expression,
  type: ExpressionType,
): void {
  if (x.type === type) return;
  const words = { f32: "a number", i32: "an index", bool: "a condition" };
  throw new TypeError(
    `Cannot apply ${what} to ${words[x.type]} (${x.operation}): it needs ${
      words[type]
    }`,
  );
}

function typed(
  operation: Operation,
  type: ExpressionType,
  operands: readonly Expression[],
): Expression {
  for (const x of operands) expectType(operation, x, type);
  return Expression.of(operation, operands);
}

function unary(operation: Operation, x: Expression): Expression {
  expectType(operation, x, "f32");
  if (operation === "neg") {
    if (x.operation === "constant") return constant(-x.value);
    if (x.operation === "neg") return x.operands[0];
  }
  return Expression.of(operation, [x]);
}

function binary(operation: Operation, left: Operand, right: Operand) {
  const [a, b] = [operand(left), operand(right)];
  expectType(operation, a, "f32");
  expectType(operation, b, "f32");
  return simplify(operation, a, b) ?? Expression.of(operation, [a, b]);
}

/** Drops what changes no bit of any value, NaN and infinities included. */
function simplify(operation: Operation, a: Expression, b: Expression) {
  if (operation === "mul" && isConstant(a, 1)) return b;
  if (["mul", "div", "pow"].includes(operation) && isConstant(b, 1)) return a;
  if (operation === "mul" && isConstant(b, -1)) return a.neg();
  if (operation === "add" && b.operation === "neg") return a.sub(b.operands[0]);
  if (operation === "sub" && b.operation === "neg") return a.add(b.operands[0]);
  if (operation === "sub" && isConstant(b, 0)) return a;
  return undefined;
}

/** Whether an expression is this very constant. */
export function isConstant(x: Expression, value: number): boolean {
  return x.operation === "constant" && Object.is(x.value, value);
}
