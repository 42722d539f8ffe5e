import type { OptionRule } from "@rockpool/core";
import { allows } from "./option_levels.ts";

const UNIVERSAL: readonly unknown[] = [
  NaN,
  Infinity,
  1.5,
  0,
  -1,
  "3",
  true,
  null,
  {},
  [],
  [1, 1.5],
  [1, NaN],
  [1, 1, 1, 1],
  [[1, 1, 1]],
  2 ** 53,
];

/** Values that a rule does not allow. */
export function badValues(rule: OptionRule): unknown[] {
  const around = [rule.min, rule.max, rule.above, rule.below, rule.not]
    .filter((limit) => limit !== undefined)
    .flatMap((limit) => [limit - 1, limit, limit + 1]);
  const words = rule.kind === "choice" ? ["neither", 3] : [];
  return [...new Set([...UNIVERSAL, ...around, ...words])]
    .filter((value) => !allows(rule, value));
}
