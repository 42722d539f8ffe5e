import { assertEquals } from "@std/assert";
import type { Tensor } from "@rockpool/core";
import { compare, equalBits } from "./compare.ts";
import { float32, int32 } from "./nested.ts";

const within = { rtol: 0.01, atol: 0.001 };

const compared: [
  what: string,
  got: Tensor,
  expected: Tensor,
  fault: string | undefined,
][] = [
  ["equal numbers", float32([1, -0]), float32([1, 0]), undefined],
  ["near numbers", float32([100.9]), float32([100]), undefined],
  ["NaN and NaN", float32([NaN]), float32([NaN]), undefined],
  ["∞ and ∞", float32([Infinity]), float32([Infinity]), undefined],
  [
    "far numbers",
    float32([1, 1.02]),
    float32([1, 1]),
    "1 of 2 numbers are wrong, the first at [1]: 1.0199999809265137 given, 1 expected; the largest error is 0.01999998",
  ],
  ["a number for NaN", float32([1]), float32([NaN]), "1 of 1 numbers"],
  ["NaN for a number", float32([NaN]), float32([1]), "1 of 1 numbers"],
  ["∞ for −∞", float32([Infinity]), float32([-Infinity]), "1 of 1 numbers"],
  ["a large number for ∞", float32([3e38]), float32([Infinity]), "1 of 1"],
  ["indices that are near", int32([1000]), int32([1001]), "1 of 1 numbers"],
  [
    "another shape",
    float32([[1]]),
    float32([1]),
    "float32 of shape 1×1 given, float32 of shape 1 expected",
  ],
  ["numbers for indices", float32([1]), int32([1]), "given, int32"],
];
for (const [what, got, expected, fault] of compared) {
  Deno.test(`compare() ${fault ? "finds" : "allows"} ${what}`, () => {
    const found = compare(got, expected, within).fault;
    assertEquals(
      found?.includes(fault ?? ""),
      fault === undefined ? undefined : true,
    );
  });
}

Deno.test("equalBits() tells zeros apart, and shapes", () => {
  assertEquals(equalBits(float32([0, NaN]), float32([0, NaN])), true);
  assertEquals(equalBits(float32([0]), float32([-0])), false);
  assertEquals(equalBits(float32([[1]]), float32([1])), false);
});
