import type { Syntax } from "./syntax.ts";

/** The names of numbers. */
export const CONSTANTS: Readonly<Record<string, number>> = {
  pi: Math.PI,
  π: Math.PI,
  e: Math.E,
  Infinity,
  NaN,
};

/** The number that a part of a formula is whatever it reads, if it is one. */
export function constantValue(value: Syntax): number | undefined {
  if (value.kind === "number") return value.value;
  if (value.kind === "name") {
    return Object.hasOwn(CONSTANTS, value.name)
      ? CONSTANTS[value.name]
      : undefined;
  }
  if (value.kind !== "operation") return undefined;
  const compute = ARITHMETIC[value.operator];
  const numbers = value.operands.map(constantValue);
  return compute && numbers.every((it) => it !== undefined)
    ? compute(...numbers)
    : undefined;
}

const ARITHMETIC: Readonly<
  Record<string, ((...numbers: number[]) => number) | undefined>
> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  pow: (a, b) => a ** b,
  unaryMinus: (a) => -a,
  unaryPlus: (a) => a,
};
