/** Something that is timed. */
export interface Runner extends AsyncDisposable {
  /** Does the work once. */
  run(): Promise<void>;
}

/** Gets ready for a turn; disposing of what it gives ends the turn. */
export type Opener = () => Promise<Runner>;

/** How often each call is timed. */
export interface TurnOptions {
  readonly repeats: number;
  /** Calls before the one that is timed; 2 by default. */
  readonly warm?: number;
  /** Milliseconds of rest before each turn; 5 by default. */
  readonly rest?: number;
}

/**
 * Times work in turn, A B A B …, and gives the median of each in milliseconds.
 *
 * A turn is an opening, a rest, calls that warm the caches, and a call that is
 * timed. Who keeps threads that look for work when there is none must open
 * them for each turn, or they would take a core from all others.
 */
export async function timeInTurns(
  openers: readonly Opener[],
  { repeats, warm = 2, rest = 5 }: TurnOptions,
): Promise<number[]> {
  const times: number[][] = openers.map(() => []);
  for (let turn = 0; turn < repeats; turn++) {
    for (const [index, open] of openers.entries()) {
      await using runner = await open();
      await new Promise((resolve) => setTimeout(resolve, rest));
      for (let call = 0; call < warm; call++) await runner.run();
      const start = performance.now();
      await runner.run();
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
