/**
 * Milliseconds of calls before the clock starts. A virtual machine whose second
 * core has been idle may give both cores half of one for some 6 ms: seven calls
 * with two threads took 0.95 ms each, as with one, and those behind them 0.5.
 */
export const WARM_FOR = 10;

/** What is called in a turn. */
export interface TurnCalls {
  /** The fewest calls before the clock starts. */
  readonly warm: number;
  /** Milliseconds that they take at least. */
  readonly warmFor: number;
  /** Calls while it runs. */
  readonly calls: number;
}

/** Someone who takes turns. */
export interface Participant {
  /** Takes a turn; milliseconds of one of its calls. */
  turn(calls: TurnCalls): Promise<number>;
  /** Turns that are enough; as many as anyone's if left out. */
  readonly turns?: number;
}

/** How often each takes its turn. */
export interface TurnOptions extends TurnCalls {
  readonly repeats: number;
  /** Milliseconds of rest before each turn. */
  readonly rest: number;
}

/** Times participants in turn, A B A B …; the median of each, milliseconds. */
export async function timeInTurns(
  participants: readonly Participant[],
  { repeats, rest, ...calls }: TurnOptions,
): Promise<number[]> {
  const times: number[][] = participants.map(() => []);
  for (let round = 0; round < repeats; round++) {
    for (const [index, { turn, turns = repeats }] of participants.entries()) {
      if (round >= turns) continue;
      await sleep(rest);
      times[index].push(await turn(calls));
    }
  }
  return times.map(median);
}

/** A turn of work in this process; milliseconds of one call. */
export async function takeTurn(
  run: () => unknown,
  { warm, warmFor, calls }: TurnCalls,
): Promise<number> {
  const end = performance.now() + warmFor;
  for (let call = 0; call < warm || performance.now() < end; call++) {
    await run();
  }
  const start = performance.now();
  for (let call = 0; call < calls; call++) await run();
  return (performance.now() - start) / calls;
}

/** Waits, without a thread that looks whether the time has come. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
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
