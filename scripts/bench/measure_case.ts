import { sizeOf } from "@rockpool/core";
import { largestDifference } from "../demo/measure.ts";
import { type BenchCase, inputOf, outputShape } from "./bench_case.ts";
import { openCopyLimit } from "./copy_limit.ts";
import type { Peer } from "./peer.ts";
import type { BenchRow } from "./row.ts";
import { timeInTurns } from "./turns.ts";

/** Who takes part, and how often each is timed. */
export interface MeasureOptions {
  readonly ours: Peer;
  readonly peers: readonly Peer[];
  readonly threads: number;
  readonly repeats: number;
}

/** A row, and how far the results of peers are from ours. */
export interface Measured {
  readonly row: BenchRow;
  /** The largest absolute difference for each peer that has the case. */
  readonly differences: Readonly<Record<string, number>>;
}

/** The largest difference that rounding explains, for inputs up to 4. */
const TOLERANCE = 1e-4;

/**
 * Times a case: ours, the peers' and the copy of as many bytes in turn, after
 * their results were found to agree.
 *
 * @throws {Error} where a result differs, or Rockpool lacks the case
 */
export async function measureCase(
  benchCase: BenchCase,
  { ours, peers, threads, repeats }: MeasureOptions,
): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const input = inputOf(benchCase);
  const shape = outputShape(benchCase);
  const limit = stack.use(
    await openCopyLimit({
      reads: 4 * input.length,
      writes: 4 * sizeOf(shape),
      threads,
    }),
  );
  const own = await ours.prepare(benchCase, input);
  if (!own) throw new Error(`Cannot time ${benchCase.name}: it is lacking`);
  stack.use(own);
  const expected = { shape, data: await own.result() };

  const present: Peer[] = [];
  const differences: Record<string, number> = {};
  for (const peer of peers) {
    await using prepared = await peer.prepare(benchCase, input);
    if (!prepared) continue;
    present.push(peer);
    const result = { shape, data: await prepared.result() };
    const difference = largestDifference(expected, result);
    if (!(difference <= TOLERANCE)) {
      throw new Error(
        `Cannot time ${benchCase.name}: the result of ${peer.name} differs by ${difference}, at most ${TOLERANCE} is rounding`,
      );
    }
    differences[peer.name] = difference;
  }

  // Our threads sleep between calls; those of others may not.
  const stays = (runner: { run(): Promise<void> }) => () =>
    Promise.resolve({
      run: () => runner.run(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  const opens = (peer: Peer) => async () =>
    (await peer.prepare(benchCase, input))!;
  const [copyTime, ourTime, ...times] = await timeInTurns(
    [stays(limit), stays(own), ...present.map(opens)],
    { repeats },
  );
  const byName = new Map(present.map(({ name }, at) => [name, times[at]]));
  return {
    differences,
    row: {
      case: benchCase.name,
      op: benchCase.op,
      direction: benchCase.direction,
      threads,
      ours_ms: ourTime,
      peers: Object.fromEntries(
        peers.map(({ name }) => [name, byName.get(name) ?? null]),
      ),
      limit_ms: copyTime,
      target: benchCase.target,
    },
  };
}
