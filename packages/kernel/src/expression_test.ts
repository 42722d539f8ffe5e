import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  constant,
  detach,
  type Expression,
  integer,
  leaf,
  type Operand,
  operand,
  select,
  withGradientOf,
} from "./expression.ts";
import { formatExpression, substitute, topological } from "./traverse.ts";
import { fold } from "./fold.ts";

const x = leaf("element", "x");
const z = leaf("element", "z");
const scale = leaf("scalar", "scale");
const theta = leaf("channel", "theta");

Deno.test("equal formulas are the same object", () => {
  assert(x.add(z).exp() === leaf("element", "x").add(z).exp());
  assert(x.add(z) !== z.add(x));
  assert(constant(0) !== constant(-0));
  assert(constant(2) !== integer(2));
  assert(leaf("channel", "x") !== x);
});

const simplified: [what: string, got: Expression, expected: Expression][] = [
  ["x · 1", x.mul(1), x],
  ["1 · x", constant(1).mul(x), x],
  ["x · −1", x.mul(-1), x.neg()],
  ["x / 1", x.div(1), x],
  ["x to the power of 1", x.pow(1), x],
  ["−(−x)", x.neg().neg(), x],
  ["x + (−z)", x.add(z.neg()), x.sub(z)],
  ["x − (−z)", x.sub(z.neg()), x.add(z)],
  ["x − 0", x.sub(0), x],
  ["−(2)", constant(2).neg(), constant(-2)],
  ["a choice between x and x", select(x.lt(z), x, x), x],
];
for (const [what, got, expected] of simplified) {
  Deno.test(`${what} is ${formatExpression(expected)}`, () => {
    assert(got === expected);
  });
}

Deno.test("what could change a bit is not simplified", () => {
  // 0 · ∞ is NaN, and −0 + 0 is 0.
  assertEquals(x.mul(0).operation, "mul");
  assertEquals(x.add(0).operation, "add");
  assertEquals(x.sub(x).operation, "sub");
});

const levels: [Expression, string][] = [
  [constant(2), "uniform"],
  [scale.mul(2), "uniform"],
  [theta.mul(scale), "window"],
  [x.mul(theta), "element"],
  [fold.sum(x), "window"],
  [fold.sum(x).add(x), "element"],
  [fold.max(fold.sum(x).sub(x)), "window"],
  [fold.argmax(x), "window"],
  [fold.count(), "window"],
  [leaf("tapIndex"), "element"],
];
for (const [expression, level] of levels) {
  Deno.test(`${formatExpression(expression)} changes per ${level}`, () => {
    assertEquals(expression.level, level);
  });
}

const wrongTypes: [what: string, act: () => unknown, message: string][] = [
  ["the sum of a condition", () => x.lt(z).add(x), "a condition (lt)"],
  ["the sum of an index", () => fold.argmax(x).add(1), "an index (argmax)"],
  ["a condition from a number", () => x.and(x.lt(z)), "a number (element)"],
  ["a choice by a number", () => select(x, 1, 2), "a condition"],
  [
    "a choice of an index or a number",
    () => select(x.lt(z), integer(1), x),
    "a number (element)",
  ],
  ["the logarithm of an index", () => fold.argmax(x).exponent(), "an index"],
  ["a product of numbers' upper half", () => x.mulHigh(x), "a number"],
  ["the number of a number", () => x.asNumber(), "an index"],
  ["the opposite of a number", () => x.not(), "a condition"],
  ["an index equal to a number", () => fold.argmax(x).eq(x), "an index"],
  ["detaching an index", () => detach(fold.argmax(x)), "a number"],
  ["a gradient of a condition", () => withGradientOf(x, x.lt(z)), "a number"],
];
for (const [what, act, message] of wrongTypes) {
  Deno.test(`${what} is an error that names both kinds`, () => {
    const { message: text } = assertThrows(act, TypeError);
    assert(text.includes(message), text);
    assert(text.includes("it needs"), text);
  });
}

Deno.test("select() of indices is an index", () => {
  const choice = select(x.lt(z), integer(1), 2);
  assertEquals([choice.type, choice.level], ["i32", "element"]);
});

Deno.test("only expressions and numbers are operands", () => {
  assertThrows(() => operand("x" as unknown as Operand), TypeError, "string");
  assertThrows(() => x.add(undefined as unknown as Operand), TypeError);
});

Deno.test("gt and ge are lt and le with sides exchanged", () => {
  assert(x.gt(z) === z.lt(x));
  assert(x.ge(2) === constant(2).le(x));
});

Deno.test("topological() lists operands first, each once", () => {
  const root = x.exp().mul(x.exp().add(z));
  const order = topological([root, x.exp()]);
  assertEquals(order.length, new Set(order).size);
  for (const [index, node] of order.entries()) {
    for (const below of node.operands) {
      assert(order.indexOf(below) < index);
    }
  }
  assertEquals(order.at(-1), root);
});

Deno.test("substitute() replaces inside folds and keeps the rest", () => {
  const before = fold.sum(x.mul(constant(-0))).add(integer(3).asNumber());
  const after = substitute(before, (it) => it === x ? z : undefined);
  assert(
    after === fold.sum(z.mul(constant(-0))).add(integer(3).asNumber()),
  );
  assert(substitute(before, () => undefined) === before);
  assertNotEquals(after, before);
});

Deno.test("formatExpression() writes operations as calls", () => {
  assertEquals(
    formatExpression(fold.sum(x.exp().mul(z)).div(fold.count())),
    "div(sum(mul(exp(x), z)), count)",
  );
  assertEquals(formatExpression(constant(0.5)), "0.5");
});
