import type { Backend, OptionRule, Tensor } from "@rockpool/core";
import type { Check, Place } from "./check.ts";
import { coveringCases } from "./covering_cases.ts";
import { differences } from "./agreement.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { formatPlace } from "./format_place.ts";
import { allows } from "./option_levels.ts";
import { type ConformanceCase, describeCase, type Subject } from "./subject.ts";

/** Cases that each extreme value is tried in. */
const CASES = 3;

/** Numbers that a rule without limits allows, all of them float32. */
const FAR = [1e3, -1e3, 1e30, -1e30];

/** From an excluded limit to the nearest number that is tried. */
const NEAR = 2 ** -20;

/**
 * At the limits of what its rules allow, an operator gives numbers for numbers,
 * the same on every backend, or refuses.
 */
export const extremes: Check = {
  name: "is sound at the limits of its options",
  hint: "give the option's rule limits (min, max, above, below) within which " +
    "the formula is sound in float32, or write the formula so that it is",
  trials(subject) {
    const cases = coveringCases(
      subject.cases.filter(({ data = "spread" }) => data === "spread"),
    );
    if (cases.length === 0) return [];
    let next = 0;
    // The number of axes goes with the shape.
    const rules = Object.entries<OptionRule>(subject.op.options)
      .filter(([name]) => name !== "axes");
    return rules.flatMap(
      ([name, rule]) =>
        extremeValues(rule).flatMap((value) =>
          Array.from({ length: Math.min(CASES, cases.length) }, () => {
            const { shape, options } = cases[next++ % cases.length];
            const trial: ConformanceCase = {
              shape,
              options: { ...options, [name]: value },
              data: "spread",
            };
            return {
              name: `${name} ${value}: ${describeCase(trial)}`,
              case: trial,
              run: (place: Place) => faultsAt(subject, { trial, place }),
            };
          })
        ),
    );
  },
};

/** The limits of a rule for numbers, or numbers far away where it has none. */
export function extremeValues(rule: OptionRule): number[] {
  const { kind, min, max, above, below } = rule;
  const isInteger = kind === "integer";
  if (!isInteger && kind !== "number" && kind !== "ratios") return [];
  const step = isInteger ? 1 : NEAR;
  const values = [
    min,
    max,
    above === undefined ? undefined : above + step * Math.max(1, above),
    below === undefined ? undefined : below - step * Math.max(1, below),
    // A large count takes long, and memory: its limits alone are tried.
    ...isInteger ? [] : FAR,
    rule.infinite ? Infinity : undefined,
  ].filter((value) => value !== undefined);
  return [...new Set(values)].filter((value) => allows(rule, value));
}

async function faultsAt(
  subject: Subject,
  { trial, place: { backend, oracle } }: {
    trial: ConformanceCase;
    place: Place;
  },
): Promise<string[]> {
  const expected = await resultOrError(oracle, { trial, subject });
  const got = await resultOrError(backend, { trial, subject });
  if (expected instanceof Error || got instanceof Error) {
    const [have, want] = [got, expected].map((it) =>
      it instanceof Error ? String(it) : "a result"
    );
    if (!(expected instanceof RangeError || expected instanceof TypeError)) {
      return [
        `the interpreter gives ${want}: a result or RangeError is needed`,
      ];
    }
    return have === want ? [] : [`it gives ${have} instead of ${want}`];
  }
  const none = expected.y.data.findIndex(Number.isNaN);
  if (none >= 0) {
    return [
      `y is NaN at ${
        formatPlace(expected.y.shape, none)
      }, where no input is: ` +
      "a number is expected, or a RangeError that refuses the option",
    ];
  }
  return [
    ...differences({ y: got.y }, { y: expected.y }, subject),
    ...Object.entries(expected).flatMap(([name, tensor]) =>
      lostNumbers(name, { got: got[name], expected: tensor })
    ),
  ];
}

/** Numbers of a gradient that float32 has, and a backend has not. */
function lostNumbers(
  name: string,
  { got, expected: { shape, data } }: { got: Tensor; expected: Tensor },
): string[] {
  const lost = data.findIndex((want, index) =>
    Number.isFinite(want) && Number.isNaN(got.data[index])
  );
  if (lost < 0) return [];
  return [
    `${name} is NaN at ${formatPlace(shape, lost)}: ${data[lost]} is expected`,
  ];
}

async function resultOrError(
  backend: Backend,
  { trial, subject }: { trial: ConformanceCase; subject: Subject },
): Promise<Evaluation | Error> {
  try {
    return await evaluate(backend, trial, { subject });
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
