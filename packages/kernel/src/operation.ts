/** What an expression's value is. Indices, counters and random words are i32, everything to pool is f32. */
export type ExpressionType = "f32" | "i32" | "bool";

/**
 * How often an expression's value changes: never inside a call, once per
 * window, or with each element of a window.
 */
export type Level = "uniform" | "window" | "element";

/** Every operation of the language. */
export type Operation =
  | "constant"
  | "integer"
  | "scalar"
  | "element"
  | "channel"
  | "plane"
  | "tap"
  | "perWindow"
  | "perWindowIndex"
  | "position"
  | "tapIndex"
  | "count"
  | "paddedCount"
  | "windowRandom"
  | "windowWord"
  | "elementRandom"
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "sqrt"
  | "exp"
  | "log"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "asNumber"
  | "exponent"
  | "ldexp"
  | "asIndex"
  | "mulHigh"
  | "max"
  | "min"
  | "isNaN"
  | "lt"
  | "le"
  | "eq"
  | "sameIndex"
  | "and"
  | "or"
  | "not"
  | "likely"
  | "select"
  | "selectIndex"
  | "withGradientOf"
  | "detach"
  | "sum"
  | "foldMax"
  | "foldMin"
  | "argmax"
  | "argmin"
  | "indexSum"
  | "pick";

/** What an operation gives, and how often that changes where operands do not tell. */
export interface Signature {
  /** What the result is. */
  readonly type: ExpressionType;
  /** How often the result changes; as the operands by default. */
  readonly level?: Level;
}

/** What each operation gives. */
export const signatures: Readonly<Record<Operation, Signature>> = {
  // Leaves.
  constant: { type: "f32", level: "uniform" },
  integer: { type: "i32", level: "uniform" },
  scalar: { type: "f32", level: "uniform" },
  element: { type: "f32", level: "element" },
  channel: { type: "f32", level: "window" },
  plane: { type: "f32", level: "window" },
  tap: { type: "f32", level: "element" },
  perWindow: { type: "f32", level: "window" },
  perWindowIndex: { type: "i32", level: "window" },
  position: { type: "i32", level: "element" },
  tapIndex: { type: "f32", level: "element" },
  count: { type: "f32", level: "window" },
  paddedCount: { type: "f32", level: "window" },
  windowRandom: { type: "f32", level: "window" },
  windowWord: { type: "i32", level: "window" },
  elementRandom: { type: "f32", level: "element" },
  // Arithmetic.
  neg: { type: "f32" },
  abs: { type: "f32" },
  sign: { type: "f32" },
  floor: { type: "f32" },
  sqrt: { type: "f32" },
  exp: { type: "f32" },
  log: { type: "f32" },
  add: { type: "f32" },
  sub: { type: "f32" },
  mul: { type: "f32" },
  div: { type: "f32" },
  pow: { type: "f32" },
  asNumber: { type: "f32" },
  exponent: { type: "f32" },
  ldexp: { type: "f32" },
  asIndex: { type: "i32" },
  mulHigh: { type: "i32" },
  max: { type: "f32" },
  min: { type: "f32" },
  // Choice.
  isNaN: { type: "bool" },
  lt: { type: "bool" },
  le: { type: "bool" },
  eq: { type: "bool" },
  sameIndex: { type: "bool" },
  and: { type: "bool" },
  or: { type: "bool" },
  not: { type: "bool" },
  likely: { type: "bool" },
  select: { type: "f32" },
  selectIndex: { type: "i32" },
  // Values whose gradient is another's, or none.
  withGradientOf: { type: "f32" },
  detach: { type: "f32" },
  // Reductions over a window.
  sum: { type: "f32", level: "window" },
  foldMax: { type: "f32", level: "window" },
  foldMin: { type: "f32", level: "window" },
  argmax: { type: "i32", level: "window" },
  argmin: { type: "i32", level: "window" },
  indexSum: { type: "i32", level: "window" },
  pick: { type: "i32", level: "window" },
};

/** The operations that reduce over the elements of a window. */
export const FOLDS: ReadonlySet<Operation> = new Set<Operation>([
  "sum",
  "foldMax",
  "foldMin",
  "argmax",
  "argmin",
  "indexSum",
  "pick",
]);
