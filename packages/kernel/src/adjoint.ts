import {
  constant,
  type Expression,
  isConstant,
  leaf,
  select,
} from "./expression.ts";
import type { Operation } from "./operation.ts";
import { topological } from "./traverse.ts";
import { fold } from "./fold.ts";

/** What flows to each operand of `x` when `g` flows to `x`; undefined is none. */
type Rule = (x: Expression, g: Expression) => (Expression | undefined)[];

/** The window's element that won passes all of the gradient on. */
const winner = (which: "argmax" | "argmin"): Rule => (x, g) => {
  const won = leaf("position").eq(fold[which](x.operands[0]));
  return [select(won, g, 0)];
};

/** Operations that pass no gradient on: leaves, indices, conditions and steps. */
type WithoutGradient =
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
  | "sign"
  | "floor"
  | "asNumber"
  | "exponent"
  | "asIndex"
  | "mulHigh"
  | "isNaN"
  | "lt"
  | "le"
  | "eq"
  | "sameIndex"
  | "and"
  | "or"
  | "not"
  | "likely"
  | "selectIndex"
  | "detach"
  | "argmax"
  | "argmin"
  | "indexSum"
  | "pick";

/** d(f)/d(operands), for every other operation of the language. */
const rules: Readonly<
  Record<Exclude<Operation, WithoutGradient>, Rule>
> = {
  neg: (_, g) => [g.neg()],
  abs: ({ operands: [a] }, g) => [g.mul(a.sign())],
  sqrt: (x, g) => [g.mul(0.5).div(x)],
  exp: (x, g) => [g.mul(x)],
  log: ({ operands: [a] }, g) => [g.div(a)],
  add: (_, g) => [g, g],
  sub: (_, g) => [g, g.neg()],
  mul: ({ operands: [a, b] }, g) => [g.mul(b), g.mul(a)],
  div: (x, g) => {
    // 1 / b needs no other division.
    if (isConstant(x.operands[0], 1)) return [undefined, g.mul(x).mul(x).neg()];
    const quotient = g.div(x.operands[1]);
    return [quotient, quotient.mul(x).neg()];
  },
  pow: (x, g) => {
    const [a, b] = x.operands;
    return [g.mul(b).mul(a.pow(b.sub(1))), g.mul(x).mul(a.log())];
  },
  // The powers are integers.
  ldexp: ({ operands: [, power] }, g) => [g.ldexp(power)],
  max: ({ operands: [a, b] }, g) => [
    select(b.le(a), g, 0),
    select(b.le(a), 0, g),
  ],
  min: ({ operands: [a, b] }, g) => [
    select(a.le(b), g, 0),
    select(a.le(b), 0, g),
  ],
  select: ({ operands: [condition] }, g) => [
    undefined,
    select(condition, g, 0),
    select(condition, 0, g),
  ],
  withGradientOf: (_, g) => [undefined, g],
  sum: (_, g) => [g],
  foldMax: winner("argmax"),
  foldMin: winner("argmin"),
};

/** The leaves that have a gradient. */
const VARIABLES: ReadonlySet<Operation> = new Set<Operation>([
  "element",
  "channel",
  "plane",
  "tap",
  "perWindow",
]);

/** a + b, or (p + q) c where they are p c and q c. */
function sumOf(a: Expression, b: Expression): Expression {
  if (a.operation === "mul" && b.operation === "mul") {
    const common = a.operands.find((x) => b.operands.includes(x));
    if (common) {
      const [p, q] = [a, b].map(({ operands: [left, right] }) =>
        left === common ? right : left
      );
      return p.add(q).mul(common);
    }
  }
  return a.add(b);
}

/** The gradient that arrives at an output of a kernel, as a leaf. */
export function upstream(output: string): Expression {
  return leaf("perWindow", `dy_${output}`);
}

/**
 * The gradients of a kernel's outputs with respect to its inputs and
 * parameters, by reverse accumulation.
 *
 * For an input the expression has one value for each element of each window;
 * its sum over the windows that hold an element is that element's gradient.
 * For a parameter of a channel it has one value per window, and for a tap one
 * per element.
 */
export function adjoint(
  outputs: Readonly<Record<string, Expression>>,
): Map<string, Expression> {
  const order = topological(Object.values(outputs));
  const varies = new Set<Expression>();
  for (const x of order) {
    if (VARIABLES.has(x.operation) || x.operands.some((y) => varies.has(y))) {
      varies.add(x);
    }
  }

  const arriving = new Map<Expression, Expression>();
  // What each element of a window sends to a value of the whole window, even
  // where all elements send the same.
  const fromElements = new Map<Expression, Expression>();
  const arrive = (at: typeof arriving, x: Expression, g: Expression) => {
    const before = at.get(x);
    at.set(x, before ? sumOf(before, g) : g);
  };
  for (const [name, output] of Object.entries(outputs)) {
    if (output.type === "f32") arrive(arriving, output, upstream(name));
  }
  for (const x of order.toReversed()) {
    if (!varies.has(x)) continue;
    const sent = fromElements.get(x);
    if (sent) arrive(arriving, x, fold.sum(sent));
    const g = arriving.get(x);
    if (!g) continue;
    const rule = rules[x.operation as keyof typeof rules];
    for (const [index, share] of rule?.(x, g).entries() ?? []) {
      const operand = x.operands[index];
      if (!share || !varies.has(operand)) continue;
      const perElement = x.level === "element" && operand.level !== "element";
      arrive(perElement ? fromElements : arriving, operand, share);
    }
  }

  const gradients = new Map<string, Expression>();
  for (const x of order) {
    if (!VARIABLES.has(x.operation)) continue;
    gradients.set(x.name, arriving.get(x) ?? constant(0));
  }
  return gradients;
}
