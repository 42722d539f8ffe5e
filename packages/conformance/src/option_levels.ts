import { type OptionRule, validateOptions } from "@rockpool/core";

/** One value to try for an option, which may depend on the spatial axes. */
export type Level = (axes: number) => unknown;

/** Numbers that are tried where a rule allows them. */
const NUMBERS = [1, 2, 3, 0, 0.5, -2];

/** The values to try for an option: valid ones, by its own rule. */
export function optionLevels(rule: OptionRule): Level[] {
  const levels: Level[] = [];
  if (rule.nullable) levels.push(() => null);
  if (rule.kind === "boolean") levels.push(() => false, () => true);
  for (const word of rule.choices ?? []) levels.push(() => word);
  const numeric = !["boolean", "choice", "tensor"].includes(rule.kind);
  const numbers = numeric
    ? NUMBERS.filter((value) => allows(rule, value)).slice(0, 3)
    : [];
  levels.push(...numbers.map((value) => () => value));
  if (rule.kind === "axes") levels.push((axes) => [2, 3, 1].slice(-axes));
  if (rule.nullableEntries) levels.push((axes) => [3, 1, null].slice(-axes));
  if (rule.kind === "list") levels.push(() => [2], () => [1, 3]);
  if (rule.kind === "ratios") {
    levels.push((axes) => [0.25, 0.5, 0.75].slice(-axes));
  }
  if (rule.kind === "sides") {
    levels.push((axes) => [[1, 1], [1, 0], [0, 1]].slice(-axes));
  }
  const tried = levels.map((level) => JSON.stringify(level(3)));
  const given = rule.default;
  if (given !== undefined && !tried.includes(JSON.stringify(given))) {
    levels.push(() => given);
  }
  return levels.filter((level) => allows(rule, level(3)));
}

/** Whether a rule allows a value. */
export function allows(rule: OptionRule, value: unknown): boolean {
  try {
    validateOptions<{ option: unknown }>({ option: rule }, { option: value });
    return true;
  } catch {
    return false;
  }
}
