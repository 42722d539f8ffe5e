import { assertEquals, assertThrows } from "@std/assert";
import { describeRule, type OptionRule, validateOptions } from "./options.ts";

const help = "";

/** Validates one option by a rule. */
function validate(rule: OptionRule, value: unknown): unknown {
  return validateOptions<{ size: unknown }>({ size: rule }, { size: value })
    .size;
}

Deno.test("validateOptions() fills defaults in, null among them", () => {
  const spec = {
    size: { kind: "integer", help, default: 2 },
    stride: { kind: "integer", help, nullable: true, default: null },
  } as const;
  assertEquals(
    validateOptions<{ size: number; stride: number | null }>(spec, {}),
    { size: 2, stride: null },
  );
  assertEquals(
    validateOptions<{ size: number; stride: number | null }>(spec, {
      size: undefined,
      stride: 3,
    }),
    { size: 2, stride: 3 },
  );
});

Deno.test("validateOptions() wants an option that has no default", () => {
  assertThrows(
    () => validate({ kind: "integer", min: 1, help }, undefined),
    TypeError,
    "Option size is missing: an integer of at least 1 is needed",
  );
});

Deno.test("validateOptions() suggests names near an unknown one", () => {
  assertThrows(
    () =>
      validateOptions<{ size: number }>(
        { size: { kind: "integer", help } },
        { sizes: 2 } as unknown as { size: number },
      ),
    TypeError,
    'Unknown option "sizes": did you mean "size"',
  );
});

Deno.test("validateOptions() takes no names from Object's prototype", () => {
  const given = { toString: 1 } as unknown as { size: number };
  assertThrows(
    () =>
      validateOptions<{ size: number }>(
        { size: { kind: "integer", help, default: 1 } },
        given,
      ),
    TypeError,
    'Unknown option "toString"',
  );
});

const rules = {
  integer: { kind: "integer", min: 1, max: 9, help },
  number: { kind: "number", above: 0, help },
  signed: { kind: "integer", not: 0, help },
  flag: { kind: "boolean", help },
  word: { kind: "choice", choices: ["a", "b"], help },
  axes: { kind: "axes", min: 1, help },
  sides: { kind: "sides", min: 0, help },
  nullable: { kind: "integer", nullable: true, help },
  ratios: { kind: "ratios", above: 0, below: 1, help },
  list: { kind: "list", min: 1, help },
  entries: { kind: "axes", min: 1, nullableEntries: true, help },
  tensor: { kind: "tensor", help },
} as const satisfies Record<string, OptionRule>;

const allowed: [keyof typeof rules, unknown[]][] = [
  ["integer", [1, 9]],
  ["number", [0.5, 1e-30]],
  ["signed", [-2, 3]],
  ["flag", [true, false]],
  ["word", ["a", "b"]],
  ["axes", [1, [1, 2], [3, 2, 1]]],
  ["sides", [0, [1, 2], [[0, 1], 2], [[0, 1], [2, 3]]]],
  ["nullable", [null, -7]],
  ["ratios", [0.5, [0.25, 0.75]]],
  ["list", [[1], [4, 2, 1], [1, 2, 3, 4, 5]]],
  ["entries", [1, [1, null], [null, 2, 1], [null]]],
  ["tensor", [{ shape: [2], data: Float32Array.of(1, 2) }]],
];
for (const [name, values] of allowed) {
  for (const value of values) {
    Deno.test(`${describeRule(rules[name])} may be ${JSON.stringify(value)}`, () => {
      assertEquals(validate(rules[name], value), value);
    });
  }
}

const refused: [
  keyof typeof rules,
  typeof TypeError | typeof RangeError,
  unknown[],
][] = [
  ["integer", RangeError, [0, 10, 1.5, NaN, Infinity, 2 ** 53]],
  ["integer", TypeError, ["3", true, null, [1], {}]],
  ["number", RangeError, [0, -1, NaN, Infinity]],
  ["signed", RangeError, [0, 0.5]],
  ["flag", TypeError, [1, "true", null]],
  ["word", RangeError, ["c", ""]],
  ["word", TypeError, [1, ["a"]]],
  ["axes", RangeError, [0, [1, 0], [1, 1.5], [NaN]]],
  ["axes", TypeError, [[], ["1"], [[1, 1]], [null]]],
  ["sides", RangeError, [-1, [[0, -1]], [0.5]]],
  ["sides", TypeError, [[[1, 1, 1]], [[1]], [[]], [[[1, 1], 1]]]],
  ["ratios", RangeError, [0, 1, NaN, [0.5, 1]]],
  ["ratios", TypeError, ["0.5", [], [[0.5, 0.5]], null]],
  ["list", RangeError, [[], [0], [1, 1.5], [NaN]]],
  ["list", TypeError, [1, null, [null], ["1"], [[1]]]],
  ["entries", RangeError, [0, [0, null], [null, 0.5]]],
  ["entries", TypeError, [null, [], ["1"], [[null, 1]]]],
  ["tensor", TypeError, [1, "x.npy", [1, 2], null]],
];
for (const [name, kind, values] of refused) {
  for (const value of values) {
    const text = typeof value === "number" ? value : JSON.stringify(value);
    Deno.test(`${describeRule(rules[name])} is not ${text}`, () => {
      assertThrows(
        () => validate(rules[name], value),
        kind,
        `${describeRule(rules[name])} is needed`,
      );
    });
  }
}

Deno.test("validateOptions() checks an option's tensor", () => {
  assertThrows(
    () => validate(rules.tensor, { shape: [3], data: new Float32Array(2) }),
    RangeError,
    "Cannot use option size of shape 3: its data has 2 elements, 3 are needed",
  );
  assertThrows(
    () => validate(rules.tensor, { shape: [1], data: [1] }),
    TypeError,
    "Cannot use option size: its data is Array",
  );
});

Deno.test("describeRule() says what a rule asks for", () => {
  assertEquals(
    Object.values(rules).map((rule) => describeRule(rule)),
    [
      "an integer of at least 1 and of at most 9",
      "a number greater than 0",
      "an integer other than 0",
      "true or false",
      '"a" or "b"',
      "an integer or one per axis of at least 1",
      "an integer, one per axis, or [before, after] per axis of at least 0",
      "an integer, or null",
      "a number or one per axis greater than 0 and less than 1",
      "a list of one or more integers of at least 1",
      "an integer or one per axis of at least 1, null for some",
      "a tensor",
    ],
  );
});
