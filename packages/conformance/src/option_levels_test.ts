import { assert, assertEquals } from "@std/assert";
import type { OptionRule } from "@rockpool/core";
import { slideOptions } from "@rockpool/kernel";
import { badValues } from "./bad_options.ts";
import { allows, optionLevels } from "./option_levels.ts";

const help = "";

const tried: [what: string, rule: OptionRule, levels: unknown[]][] = [
  ["both booleans", { kind: "boolean", help }, [false, true]],
  ["all words", { kind: "choice", choices: ["a", "b"], help }, ["a", "b"]],
  ["axes alike and apart", slideOptions.dilation, [1, 2, 3, [3, 1]]],
  ["null where it may be", slideOptions.stride, [null, 1, 2, 3, [3, 1]]],
  ["sides apart", slideOptions.padding, [1, 2, 3, [[1, 0], [0, 1]], 0]],
  [
    "ratios alike and apart",
    { kind: "ratios", above: 0, below: 1, help },
    [0.5, [0.5, 0.75]],
  ],
  [
    "axes that keep their length",
    { kind: "axes", min: 2, nullableEntries: true, help },
    [2, 3],
  ],
  [
    "lists of one and of more, and its own",
    { kind: "list", min: 1, default: [4, 2, 1], help },
    [[2], [1, 3], [4, 2, 1]],
  ],
  ["null for a tensor", { kind: "tensor", nullable: true, help }, [null]],
  ["its default", { kind: "number", default: 7, help }, [1, 2, 3, 7]],
  ["what its range allows", { kind: "integer", max: 0, help }, [0, -2]],
];
for (const [what, rule, levels] of tried) {
  Deno.test(`an option is tried with ${what}`, () => {
    assertEquals(optionLevels(rule).map((level) => level(2)), levels);
  });
}

Deno.test("badValues() has what a size may not be, and nothing that it may", () => {
  const bad = badValues(slideOptions.kernelSize);
  for (const value of [0, -1, 1.5, NaN, Infinity, "3", null]) {
    assert(bad.includes(value), String(value));
  }
  assert(!bad.some((value) => allows(slideOptions.kernelSize, value)));
});

Deno.test("badValues() has the limits that a number must not reach", () => {
  const rule: OptionRule = { kind: "number", above: 2, max: 9, help };
  const bad = badValues(rule);
  assert(bad.includes(2) && bad.includes(10));
  assert(!bad.includes(3) && !bad.includes(9));
  assert(badValues({ kind: "number", below: 7, help }).includes(7));
});
