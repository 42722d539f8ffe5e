import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formula } from "./formula.ts";
import { FormulaError } from "./formula_error.ts";

function errorOf(text: string): FormulaError {
  try {
    formula(text);
  } catch (error) {
    assert(error instanceof FormulaError, `${text}: ${error}`);
    return error;
  }
  throw new Error(`There is no error in ${text}`);
}

/** Formulas with a mark before the character that is wrong, and what is. */
const wrong: Readonly<Record<string, readonly [string, string][]>> = {
  "characters that no formula has": [
    ["sum(x▸[1])", "no matrices"],
    [`sum(x) * ▸"a"`, "no texts"],
    ["sum(x)▸.y", "a point stands in numbers only"],
    ["sum(x ▸% 2)", "no percents"],
    ["sum(x▸**2)", 'written with "^"'],
    ["max(x) > 1 ▸&& 1 ? 1 : 2", 'joined by "and"'],
    ["sum(▸|x|)", "abs(…)"],
    ["▸!(max(x) > 1) ? 1 : 2", 'negated by "not"'],
    ["sum(x▸')", "no texts"],
    ["sum(x) ▸§ 2", "no formula has it"],
    ["▸{a: 1}", "no objects"],
  ],
  "a grammar that is not that of formulas": [
    ["▸", "it is empty"],
    ["▸  # nothing", "it is empty"],
    ["sum(x▸", 'a ")" is missing'],
    ["sum(x)▸)", '")" is not expected here'],
    ["sum((x)) + (1▸", 'a ")" is missing'],
    ["sum(x) +▸", "the end stands where a value is needed"],
    ["sum(x) + ▸* 3", '"*" stands where a value is needed'],
    ["sum(x) ▸, 2", '"," is not expected here'],
    ["max(x) > 1 ? 2▸", 'a ":" is missing'],
    ["sum(x)▸:2", 'a ":" stands behind a "?" only'],
    ["▸f(a) = 3; sum(x)", "no functions"],
    ["sum(▸a = x)", "takes no argument by name"],
    ["▸3 = 4; sum(x)", "a number cannot be given another value"],
    ["2▸max(x)", "an operator is missing"],
    ["2 ▸(max(x))", "an operator is missing"],
    ["max(x) ▸min(x)", "an operator is missing"],
    ["sum(x ▸x)", "an operator is missing"],
    ["sum(x ▸mod 2)", "an operator is missing"],
    ["▸and(max(x) > 1, 1)", "stands between two conditions"],
    ["max(x) > 1 and ▸or max(x) ? 1 : 2", "stands between two conditions"],
  ],
  "names that mean nothing": [
    ["sum(▸y)", 'unknown name "y"'],
    ["logit = input(); sum(x * ▸lohit)", 'did you mean "logit"'],
    ["▸summ(x)", 'unknown function "summ": did you mean "sum"'],
    ["sum(▸exp * x)", '"exp" is a function: write exp(a)'],
    ["p = 3; sum(x * ▸p(x))", '"p" is no function: perhaps a "*" is missing'],
    ["sum(▸pi(x))", '"pi" is no function'],
    ["a = sum(▸b); b = x; a", "defined further on"],
    ["sum(▸toString)", 'unknown name "toString"'],
    ["sum(x) + ▸constructor(x)", 'unknown function "constructor"'],
    ["sum(▸learn(1) * x)", "needs a name"],
  ],
  "names that cannot be given": [
    ["p = 1; ▸p = 2; sum(x)", '"p" has a value already'],
    ["▸x = 1; sum(x)", "has a meaning already"],
    ["▸e = 1; sum(x)", "has a meaning already"],
    ["▸exp = 1; sum(x)", "has a meaning already"],
    ["▸stride = 1; sum(x)", "an option of every formula"],
    ["▸training = 1; sum(x)", "has a meaning already"],
    ["▸constructor = 1; sum(x)", "cannot be a name"],
  ],
  "arguments that do not fit": [
    ["▸pow(max(x))", "pow has 1 of its 2 arguments: write pow(a, b)"],
    ["▸sum()", "sum has 0 of its one argument"],
    ["sum(x, ▸2)", "sum takes one argument"],
    ["exp(max(x), ▸1, 2)", "exp takes one argument"],
    ["size(▸x)", "size takes no arguments"],
    ["count(▸x)", 'nothing or the word "padded"'],
    ["random(▸padded)", 'nothing or the word "element"'],
    ["sum(▸a = 3)", "by name"],
    ["at(x, ▸1)", "an index is needed"],
  ],
  "elements and windows in each other's place": [
    ["▸x", "this has a value for each element"],
    ["exp(▸x)", "this has a value for each element"],
    ["mean(x) + sum(x) * ▸x", "this has a value for each element"],
    ["w = exp(x); max(x) > ▸w ? 1 : 2", "this has a value for each element"],
    ["sum(▸max(x))", "the same for all of a window"],
    ["sum(x) / sum(▸1)", "the same for all of a window"],
    ["max(▸mean(x))", "or max(a, b) of several values"],
    ["p = 3; mean(▸p ^ 2)", "the same for all of a window"],
    ["at(▸mean(x), argmax(x))", "the same for all of a window"],
    ["w = learn(1, per channel); sum(▸w)", "the same for all of a window"],
  ],
  "conditions and numbers in each other's place": [
    ["sum(▸x > 0)", "this is a condition"],
    ["sum((▸x > 0) * x)", "this is a condition"],
    ["▸max(x) ? 1 : 2", "this is a number"],
    ["max(x) > 1 and ▸2 ? 1 : 2", "this is a number"],
    ["▸max(x) > 0", "this is a condition"],
    ["▸not (max(x) > 0)", "this is a condition"],
    ["not ▸max(x) ? 1 : 2", "this is a number"],
    ["max(x) > 0 ? (▸1 > 2) : 2", "this is a condition"],
  ],
  "parameters that are none": [
    ["▸p = 3", "no result follows it"],
    ["▸w = learn(1)", "no result follows it"],
    ["▸sum(x); mean(x)", "give this one a name"],
    ["p = ▸option(); sum(x)", "needs a number to begin with"],
    ["p = option(▸x); sum(x)", "a number is needed here"],
    ["p = option(3, ▸mn = 1); sum(x)", 'did you mean "min"'],
    ["p = option(3, ▸whole); sum(x)", '"integer" or a limit'],
    ["p = ▸option(3, max = 2); sum(x)", "3 is not what p may be"],
    ["p = ▸option(1.5, integer); sum(x)", "1.5 is not what p may be"],
    ["w = learn(1, ▸per pixel); sum(x)", '"per channel" or "per position"'],
    ["w = ▸learn(1, below = 2); sum(x)", "has min, max and above"],
    ["l = input(▸3); sum(x)", "input takes no arguments"],
    ["p = ▸1 / 0; sum(x)", "no finite float32"],
    ["▸9e99 * sum(x)", "beyond float32"],
  ],
  "the right one of equal names, in any line": [
    ["sum(x * exp(x)) / sum(exp(▸y) * x)", 'unknown name "y"'],
    ["a = sum(x)\nb = sum(x * (x + ▸a_))\na + b", 'unknown name "a_"'],
    ["sum(\n  exp(x)\n  * ▸yy\n)", 'unknown name "yy"'],
    ["a = 2 # it\r\n\r\nsum(x) + ▸b", 'unknown name "b"'],
    ["α = 2; ω₁ = sum(▸𝒙̂ * β)", 'unknown name "𝒙̂"'],
    ["sum(x × ▸é)", 'unknown name "é"'],
    ["sum(((x))) + ((((▸x))))", "for each element"],
    ["sum(x)\n+ 3 ▸)", '")" is not expected here'],
  ],
};

for (const [what, formulas] of Object.entries(wrong)) {
  Deno.test(`formula() points at ${what}`, () => {
    for (const [marked, message] of formulas) {
      const index = marked.indexOf("▸");
      const text = marked.replace("▸", "");
      const error = errorOf(text);
      assertEquals([error.index, error.text], [index, text], error.message);
      assertStringIncludes(error.reason, message, text);
    }
  });
}

Deno.test("FormulaError shows the line and a caret below the character", () => {
  const error = errorOf("p = 3\n\tσ = sum(x̂ₐ + x)\nσ ^ p");
  assertEquals(error.name, "FormulaError");
  assert(error instanceof SyntaxError);
  assertEquals([error.line, error.column], [2, 10]);
  assertEquals(
    error.excerpt,
    "  \tσ = sum(x̂ₐ + x)\n  \t        ^",
  );
  assertEquals(error.message, `${error.reason}\n${error.excerpt}`);
  assertStringIncludes(error.reason, "(line 2, column 10)");
  assert(!error.reason.includes("\n"));
});

Deno.test("FormulaError counts characters as people do", () => {
  const error = errorOf("é = 2; é + ŷ");
  assertEquals(error.column, 12);
  assertEquals(error.excerpt, "  é = 2; é + ŷ\n             ^");
});

Deno.test("formula() gives an operator or a FormulaError inside any text", () => {
  const words = [
    ...["x", "y", "p", "pi", "sum", "max", "exp", "at", "argmax", "learn"],
    ...["count", "padded", "option", "input", "per channel", "and", "not"],
    ...["1", "2.5", ".5", "1e3", "+", "-", "*", "/", "^", "(", ")", "(", ")"],
    ...[",", ";", "\n", "\r\n", "?", ":", "=", "<", ">=", "==", "!=", "×"],
    ...["# what\n", "𝒳", "σ̂", "[", "!", ".", "to", "in", "mod", "\t", "if"],
  ];
  const text = fc.array(fc.constantFrom(...words), { maxLength: 14 })
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, (text) => {
      try {
        formula(text);
      } catch (error) {
        assert(error instanceof FormulaError, `${text}: ${error}`);
        assert(error.index >= 0 && error.index <= text.length);
        assertEquals(error.excerpt.split("\n").length, 2);
      }
    }),
    { numRuns: 3000, seed: 1 },
  );
});

Deno.test("formula() finds the one unknown name wherever it stands", () => {
  const leaf = fc.constantFrom("x", "pi", "2", "◇");
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      leaf,
      tie("tree").map((it) => `(\n ${it} )`),
      tie("tree").map((it) => `- ${it}`),
      tie("tree").map((it) => `exp(${it})`),
      fc.tuple(tie("tree"), fc.constantFrom("+", " × ", "/", "^"), tie("tree"))
        .map(([a, operator, b]) => `(${a}${operator}${b})`),
      fc.tuple(tie("tree"), tie("tree"), tie("tree"))
        .map(([a, b, c]) => `(${a} < ${b} ? ${c} : x)`),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `max(${a},${b})`),
    ),
  }));
  fc.assert(
    fc.property(tree, fc.nat(), (tree, which) => {
      // Of the places that are marked one has an unknown name.
      const parts = tree.split("◇");
      fc.pre(parts.length > 1);
      const unknown = which % (parts.length - 1);
      const text = "a = 1 # x\n" +
        parts.reduce((text, part, at) =>
          text + (at - 1 === unknown ? "yy" : "x") + part
        );
      assertEquals(errorOf(text).index, text.indexOf("yy"), text);
    }),
    { numRuns: 500, seed: 1 },
  );
});
