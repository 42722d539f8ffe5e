import type { Operation } from "./operation.ts";

/** Operations that stand between their operands. */
export const INFIX: Partial<Record<Operation, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  lt: "<",
  le: "<=",
  eq: "==",
  sameIndex: "==",
  and: "&&",
  or: "||",
};

/** Operations that are calls. */
export const FUNCTIONS: Partial<Record<Operation, string>> = {
  abs: "abs",
  sign: "sign_of",
  floor: "floor",
  sqrt: "sqrt",
  exp: "exp_of",
  log: "log_of",
  pow: "power_of",
  exponent: "exponent_of",
  ldexp: "scaled",
  asIndex: "index_of",
  mulHigh: "high_product",
  max: "greater_of",
  min: "smaller_of",
  isNaN: "is_nan",
};

/** Functions of the language itself, which take vectors as they take numbers. */
export const OF_BOTH: ReadonlySet<string> = new Set([
  "abs",
  "floor",
  "sqrt",
  "max",
  "min",
]);

/** Tensors are read at variables that the surrounding text defines. */
export const LOADS: Partial<Record<Operation, string>> = {
  element: "offset",
  channel: "channel",
  plane: "plane",
  tap: "channel_tap",
  perWindow: "window",
  perWindowIndex: "window",
};

/** Leaves that are a word, and need no name. */
export const WORDS: Partial<Record<Operation, string>> = {
  position: "position",
  tapIndex: "tap",
  count: "count",
  paddedCount: "padded_count",
};

/** A number as WGSL writes it; undefined where it has no word for it. */
export function literal(value: number): string | undefined {
  const single = Math.fround(value);
  // Compilers differ on whether the largest numbers still fit.
  if (!(Math.abs(single) < 3.4e38)) return undefined;
  if (Object.is(single, -0)) return undefined;
  const text = String(single === 0 ? 0 : value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
