import { assert, assertThrows } from "@std/assert";
import { constant, leaf } from "./expression.ts";
import { fold } from "./fold.ts";

const x = leaf("element", "x");

Deno.test("the sum of what every element shares is a multiple of the count", () => {
  assert(fold.sum(1) === fold.count());
  const theta = leaf("channel", "theta");
  assert(fold.sum(theta) === fold.count().mul(theta));
});

Deno.test("the mean is the sum over the count", () => {
  assert(fold.mean(x) === fold.sum(x).div(fold.count()));
});

for (const which of ["max", "min", "argmax", "argmin"] as const) {
  Deno.test(`fold.${which}() of what every element shares is an error`, () => {
    assertThrows(
      () => fold[which](fold.sum(x)),
      TypeError,
      "it is the same for every element",
    );
    assertThrows(() => fold[which](constant(2)), TypeError, "of 2 over");
  });
}

Deno.test("a fold of a condition or an index is an error", () => {
  assertThrows(() => fold.sum(x.lt(0)), TypeError, "it is no number but bool");
  assertThrows(
    () => fold.max(leaf("position")),
    TypeError,
    "it is no number but i32",
  );
});
