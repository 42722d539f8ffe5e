/** How often each call is timed. */
export interface TurnOptions {
  readonly repeats: number;
  /** Milliseconds of rest before each turn; 5 by default. */
  readonly rest?: number;
}

/**
 * Times calls in turn, A B A B …, and gives the median of each in
 * milliseconds.
 *
 * A turn is a rest, in which the threads of whoever ran before stop to look
 * for work, a call that warms the caches, and a call that is timed.
 */
export async function timeInTurns(
  calls: readonly (() => Promise<void>)[],
  { repeats, rest = 5 }: TurnOptions,
): Promise<number[]> {
  const times: number[][] = calls.map(() => []);
  for (let turn = 0; turn < repeats; turn++) {
    for (const [index, call] of calls.entries()) {
      await new Promise((resolve) => setTimeout(resolve, rest));
      await call();
      const start = performance.now();
      await call();
      times[index].push(performance.now() - start);
    }
  }
  return times.map(median);
}

/**
 * The number in the middle, or the mean of the two there.
 *
 * @throws {RangeError} if there are no numbers
 */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) {
    throw new RangeError("Cannot take the median of no numbers");
  }
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}
