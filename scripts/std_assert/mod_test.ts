import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "./mod.ts";

// The tests use only if and throw to judge, so that no assertion vouches for
// itself.

/** Each assertion with arguments that pass, and with ones that fail. */
const PASSES: Record<string, () => void> = {
  "assert() of a truthy value": () => assert("x"),
  "assertFalse() of a falsy value": () => assertFalse(0),
  "assertEquals() of equal arrays with NaN": () =>
    assertEquals([1, [NaN]], [1, [NaN]]),
  "assertEquals() of equal typed arrays": () =>
    assertEquals(Float32Array.of(1, 2), Float32Array.of(1, 2)),
  "assertNotEquals() of unequal objects": () =>
    assertNotEquals<object>({ a: 1 }, { b: 1 }),
  "assertStrictEquals() of NaN": () => assertStrictEquals(NaN, NaN),
  "assertAlmostEquals() of close numbers": () =>
    assertAlmostEquals(1, 1 + 5e-8),
  "assertAlmostEquals() at the tolerance": () =>
    assertAlmostEquals(1, 1.5, 0.5),
  "assertAlmostEquals() of infinities": () =>
    assertAlmostEquals(Infinity, Infinity),
  "assertAlmostEquals() of NaN": () => assertAlmostEquals(NaN, NaN),
  "assertGreater()": () => assertGreater(2, 1),
  "assertGreaterOrEqual() of equals": () => assertGreaterOrEqual(1, 1),
  "assertLess()": () => assertLess(1, 2),
  "assertLessOrEqual() of equals": () => assertLessOrEqual(1, 1),
  "assertExists() of a falsy value": () => assertExists(0),
  "assertInstanceOf() of a subclass": () =>
    assertInstanceOf(new RangeError(), Error),
  "assertStringIncludes()": () => assertStringIncludes("abc", "b"),
  "assertMatch()": () => assertMatch("abc", /^a/),
  "assertThrows() of the class and message": () =>
    assertThrows(thrower, RangeError, "too big"),
};

const FAILS: Record<string, () => void> = {
  "assert() of a falsy value": () => assert(0, "why"),
  "assertFalse() of a truthy value": () => assertFalse(1, "why"),
  "fail()": () => fail("why"),
  "assertEquals() of unequal values": () => assertEquals([1], [2], "why"),
  "assertEquals() of a missing property": () =>
    assertEquals<object>({ a: undefined }, {}, "why"),
  "assertEquals() of different kinds of array": () =>
    assertEquals<object>(Float32Array.of(1), Float64Array.of(1), "why"),
  "assertNotEquals() of equal values": () => assertNotEquals([1], [1], "why"),
  "assertStrictEquals() of equal objects": () =>
    assertStrictEquals({}, {}, "why"),
  "assertStrictEquals() of 0 and -0": () => assertStrictEquals(0, -0, "why"),
  "assertAlmostEquals() of distant numbers": () =>
    assertAlmostEquals(1, 1.1, 0.01, "why"),
  "assertAlmostEquals() of a number and NaN": () =>
    assertAlmostEquals(NaN, 1, 1, "why"),
  "assertGreater() of equals": () => assertGreater(1, 1, "why"),
  "assertGreaterOrEqual() of less": () => assertGreaterOrEqual(0, 1, "why"),
  "assertLess() of equals": () => assertLess(1, 1, "why"),
  "assertLessOrEqual() of more": () => assertLessOrEqual(2, 1, "why"),
  "assertExists() of null": () => assertExists(null, "why"),
  "assertInstanceOf() of another class": () =>
    assertInstanceOf(new TypeError(), RangeError, "why"),
  "assertStringIncludes() of another text": () =>
    assertStringIncludes("abc", "d", "why"),
  "assertMatch() of another text": () => assertMatch("abc", /d/, "why"),
  "assertThrows() of what does not throw": () => assertThrows(() => 1, "why"),
  "assertThrows() of another class": () =>
    assertThrows(thrower, TypeError, "", "why"),
  "assertThrows() of another message": () =>
    assertThrows(thrower, RangeError, "too small", "why"),
};

for (const [name, run] of Object.entries(PASSES)) {
  Deno.test(`${name} passes`, run);
}

for (const [name, run] of Object.entries(FAILS)) {
  Deno.test(`${name} fails and says why`, () => judge(caught(run)));
}

Deno.test("assertThrows() returns what was thrown", () => {
  const error = assertThrows(thrower, RangeError);
  if (error.message !== "too big to pool") throw error;
});

Deno.test("assertRejects() resolves to the reason", async () => {
  const error = await assertRejects(rejecter, RangeError, "too big");
  if (error.message !== "too big to pool") throw error;
});

Deno.test("assertRejects() fails on another class", async () => {
  judge(await reason(() => assertRejects(rejecter, TypeError, "", "why")));
});

Deno.test("assertRejects() fails when nothing is rejected", async () => {
  judge(await reason(() => assertRejects(() => Promise.resolve(1), "why")));
});

Deno.test("assertRejects() fails on what throws before it is a promise", async () => {
  const run = () => assertRejects(thrower, RangeError, "too big", "why");
  judge(await reason(run));
});

function thrower(): never {
  throw new RangeError("too big to pool");
}

function rejecter(): Promise<never> {
  return Promise.reject(new RangeError("too big to pool"));
}

function judge(error: unknown): void {
  if (!(error instanceof AssertionError)) {
    throw new Error(`Not an AssertionError: ${error}`);
  }
  if (!error.message.includes("why")) throw error;
}

function caught(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function reason(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
}
