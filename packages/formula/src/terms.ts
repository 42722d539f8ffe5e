import { constant, Expression, select } from "@rockpool/kernel";

/** What a part of a formula is: a number or an index, or a condition. */
export type Term = Expression | boolean;

/** Numbers of two numbers. */
export type Binary = "add" | "sub" | "mul" | "div" | "min" | "max";

const NUMBERS: Readonly<Record<Binary, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
};

/** An operation on two numbers, done at once where both are known. */
export function combine(
  operation: Binary,
  a: Expression,
  b: Expression,
): Expression {
  const known = isKnown(a) && isKnown(b);
  return known
    ? constant(NUMBERS[operation](a.value, b.value))
    : a[operation](b);
}

/** A comparison, done at once where both numbers are known. */
export function compareNumbers(
  comparison: "lt" | "le" | "gt" | "ge" | "eq",
  a: Expression,
  b: Expression,
): Term {
  if (!isKnown(a) || !isKnown(b)) return a[comparison](b);
  const [left, right] = [a.value, b.value];
  return {
    lt: left < right,
    le: left <= right,
    gt: left > right,
    ge: left >= right,
    eq: left === right,
  }[comparison];
}

/** `a and b`. */
export function both(a: Term, b: Term): Term {
  if (typeof a === "boolean") return a && b;
  if (typeof b === "boolean") return b && a;
  return a.and(b);
}

/** `not a`. */
export function negate(a: Term): Term {
  return typeof a === "boolean" ? !a : a.not();
}

/** `a or b`. */
export function either(a: Term, b: Term): Term {
  return negate(both(negate(a), negate(b)));
}

/** `condition ? yes : no`. */
export function choose(
  condition: Term,
  yes: Expression,
  no: Expression,
): Expression {
  if (typeof condition !== "boolean") return select(condition, yes, no);
  return condition ? forEach(yes, no) : forEach(no, yes);
}

/** A number, for each element where another one is. */
export function forEach(x: Expression, other: Expression): Expression {
  const isBelow = x.level !== "element" && other.level === "element";
  if (!isBelow || other.type !== "f32") return x;
  // What a formula means must not depend on what is known of its parameters.
  return Expression.of("select", [other.isNaN(), x, x]);
}

/** Whether a number is known when the formula is read. */
export function isKnown(x: Expression): boolean {
  return x.operation === "constant";
}

/** Whether a term is a condition. */
export function isCondition(x: Term): boolean {
  return typeof x === "boolean" || x.type === "bool";
}
