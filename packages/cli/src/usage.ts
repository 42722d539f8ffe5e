import { UsageError } from "./arguments.ts";

type ErrorKind = typeof Error | typeof RangeError | typeof TypeError;

/**
 * The result of `check`, whose errors of some kinds become the user's: by
 * default those of a value of a wrong kind or outside its range.
 *
 * @throws {UsageError} instead of such an error
 */
export async function asUsage<T>(
  check: () => T | Promise<T>,
  kinds: readonly ErrorKind[] = [TypeError, RangeError],
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
    throw new UsageError((error as Error).message, { cause: error });
  }
}
