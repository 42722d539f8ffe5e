/**
 * The part of `@std/assert` that this repository uses, over Node's built-in
 * comparisons: same names, same signatures, and whatever passes here passes
 * there.
 *
 * @module
 */
import { notDeepEqual } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

/** What every failed assertion throws. */
export class AssertionError extends Error {
  /** An assertion failure that says `message`. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** A constructor of `T`, abstract ones included. */
// deno-lint-ignore no-explicit-any -- a constructor may take anything
export type AnyConstructor<T = any> = abstract new (...args: any[]) => T;

/** What a constructor makes. */
export type GetConstructorType<C extends AnyConstructor> = InstanceType<C>;

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** A value that counts as false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Fails always. */
export function fail(msg?: string): never {
  throw failure("Failed assertion", msg);
}

/** Fails unless both are deeply equal; NaN equals NaN, 0 differs from -0. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw failure(differing(actual, expected), msg);
}

/** Fails if both are deeply equal, where 1 equals "1" and 0 equals -0. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  try {
    notDeepEqual(actual, expected);
  } catch {
    throw failure(`Expected anything but ${show(actual)}`, msg);
  }
}

/** Fails unless both are the same value, by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw failure(differing(actual, expected), msg);
  }
}

/**
 * Fails unless `actual` is within `tolerance` of `expected`, by default a
 * ten-millionth of it.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  const allowed = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const isClose = Math.abs(expected - actual) <= allowed;
  if (isClose || Object.is(actual, expected)) return;
  throw failure(`Expected ${actual} within ${allowed} of ${expected}`, msg);
}

/** Fails unless `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) throw failure(compared(actual, ">", expected), msg);
}

/** Fails unless `actual` is at least `expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual >= expected)) {
    throw failure(compared(actual, ">=", expected), msg);
  }
}

/** Fails unless `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) throw failure(compared(actual, "<", expected), msg);
}

/** Fails unless `actual` is at most `expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual <= expected)) {
    throw failure(compared(actual, "<=", expected), msg);
  }
}

/** Fails if `actual` is null or undefined. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual == null) throw failure(`Expected a value, not ${actual}`, msg);
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is GetConstructorType<T> {
  if (actual instanceof expectedType) return;
  const wanted = `an instance of ${expectedType.name}`;
  throw failure(`Expected ${wanted}, not ${show(actual)}`, msg);
}

/** Fails unless `actual` contains `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (actual.includes(expected)) return;
  const wanted = `to contain ${show(expected)}`;
  throw failure(`Expected ${show(actual)} ${wanted}`, msg);
}

/** Fails unless `expected` matches `actual`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (expected.test(actual)) return;
  throw failure(`Expected ${show(actual)} to match ${expected}`, msg);
}

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an `ErrorClass` whose message has `msgIncludes`. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: AnyConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    return checkError(error, { classOrMsg, msgIncludes, msg });
  }
  throw failure("Expected the function to throw", lastOf(classOrMsg, msg));
}

/** Fails unless `fn`'s promise rejects; resolves to the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** Fails unless `fn`'s promise rejects with a fitting `ErrorClass`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyConstructor<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: AnyConstructor<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
    await promise;
  } catch (error) {
    if (promise === undefined) {
      const problem = `Expected a promise, but ${show(error)} was thrown`;
      throw failure(problem, lastOf(classOrMsg, msg));
    }
    return checkError(error, { classOrMsg, msgIncludes, msg });
  }
  throw failure("Expected the promise to reject", lastOf(classOrMsg, msg));
}

interface ExpectedError {
  classOrMsg?: AnyConstructor<Error> | string;
  msgIncludes?: string;
  msg?: string;
}

function checkError(error: unknown, expected: ExpectedError): unknown {
  const { classOrMsg, msgIncludes, msg } = expected;
  if (typeof classOrMsg !== "function") return error;
  assertInstanceOf(error, classOrMsg, msg);
  assertStringIncludes(error.message, msgIncludes ?? "", msg);
  return error;
}

/** The message of a call that may have left out the class before it. */
function lastOf(
  classOrMsg: AnyConstructor<Error> | string | undefined,
  msg?: string,
): string | undefined {
  return typeof classOrMsg === "string" ? classOrMsg : msg;
}

function differing(actual: unknown, expected: unknown): string {
  return `Expected ${show(expected)}, not ${show(actual)}`;
}

function compared(actual: unknown, sign: string, expected: unknown): string {
  return `Expected ${show(actual)} ${sign} ${show(expected)}`;
}

function failure(problem: string, msg?: string): AssertionError {
  return new AssertionError(msg ? `${problem}: ${msg}` : problem);
}

function show(value: unknown): string {
  return inspect(value, { depth: 8 });
}
