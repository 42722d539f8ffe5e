import { sizeOf } from "@rockpool/core";
import { type BenchCase, callsOf, outputShape } from "./bench_case.ts";
import { type BenchData, dataOf } from "./bench_data.ts";
import { openCopyLimit } from "./copy_limit.ts";
import { learnsFrom, type Peer, type Prepared } from "./peer.ts";
import type { BenchRow } from "./row.ts";
import {
  type Participant,
  takeTurn,
  timeInTurns,
  type TurnCalls,
  WARM_FOR,
} from "./turns.ts";

/** Who takes part, and how often each is timed. */
export interface MeasureOptions {
  readonly ours: Peer;
  readonly peers: readonly Peer[];
  readonly threads: number;
  readonly repeats: number;
}

/** A row, and who is not in it. */
export interface Measured {
  readonly row: BenchRow;
  /** Why peers that have the case were left out, by their names. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** The largest difference that rounding explains, relative above 1. */
export const TOLERANCE = 1e-4;

/** The fewest calls before the clock starts. */
const WARM = 2;

/**
 * Milliseconds of calls before the turns of small inputs, so that compilers of
 * JavaScript are done: a call took 7 µs in the first turns and 2 in later ones.
 */
const WARM_UP = 150;

/** Milliseconds of rest before each turn. */
const REST = 5;

/** The milliseconds that all turns of a slow peer may take; it has one at least. */
const PATIENCE = 1500;

/**
 * Times a case: ours, the peers' and the copy of as many bytes in turn. A peer
 * that fails, or whose results differ from ours, is left out.
 *
 * @throws {Error} where peers' results differ and none agrees, or Rockpool lacks
 * the case
 */
export async function measureCase(
  benchCase: BenchCase,
  { ours, peers, threads, repeats }: MeasureOptions,
): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const data = dataOf(benchCase);
  const limit = stack.use(
    await openCopyLimit({ ...bytesOf(benchCase, data), threads }),
  );
  const own = await ours.prepare(benchCase, data);
  if (!own) throw new Error(`Cannot time ${benchCase.name}: it is lacking`);
  stack.use(own);
  const expected = await own.results();

  const present: { name: string; prepared: Prepared; time: number }[] = [];
  const leftOut: Record<string, string> = {};
  let disagrees = false;
  for (const peer of peers) {
    try {
      const prepared = await peer.prepare(benchCase, data);
      if (!prepared) continue;
      stack.use(prepared);
      const start = performance.now();
      const results = await prepared.results();
      const first = performance.now() - start;
      const difference = distances(results, expected);
      if (difference <= TOLERANCE) {
        const time = first > PATIENCE
          ? first
          : await prepared.turn({ warm: 0, warmFor: 0, calls: 1 });
        present.push({ name: peer.name, prepared, time });
      } else {
        disagrees = true;
        leftOut[peer.name] = `its results differ by ${difference}`;
      }
    } catch (error) {
      // What breaks in a library is to be seen, and no end of the comparison.
      leftOut[peer.name] = error instanceof Error ? error.message : `${error}`;
    }
  }
  if (disagrees && present.length === 0) {
    const reasons = Object.entries(leftOut).map((it) => it.join(": "));
    throw new Error(
      `Cannot time ${benchCase.name}, ${benchCase.direction}: no peer agrees, at most ${TOLERANCE} is rounding. ${
        reasons.join("; ")
      }`,
    );
  }

  const calls = callsOf(benchCase);
  if (calls > 1) {
    for (const { turn } of [own, ...present.map(({ prepared }) => prepared)]) {
      await turn({ warm: 0, warmFor: WARM_UP, calls: 1 });
    }
  }
  const [copyTime, ourTime, ...times] = await timeInTurns(
    [
      { turn: (calls) => takeTurn(() => limit.run(), calls) },
      own,
      ...present.map(({ prepared, time }) =>
        patiently(prepared, time * calls * (WARM + 1))
      ),
    ],
    { repeats, rest: REST, warm: WARM * calls, warmFor: WARM_FOR, calls },
  );
  const byName = new Map(present.map(({ name }, at) => [name, times[at]]));
  return {
    leftOut,
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
      target: targetOf(benchCase, threads),
    },
  };
}

/** Targets are those of two threads and more; one is to be level. */
function targetOf({ target }: BenchCase, threads: number): number {
  return threads > 1 ? target : 1;
}

/** What has to be read and written: tensors in, results out. */
function bytesOf(
  benchCase: BenchCase,
  { inputs, dy }: BenchData,
): { reads: number; writes: number } {
  const trains = benchCase.direction === "train";
  const read = [...Object.values(inputs), ...trains ? [dy] : []];
  const learned = trains ? learnsFrom(benchCase) : [];
  const written = [
    outputShape(benchCase),
    ...learned.map((name) => inputs[name].shape),
  ];
  const sum = (shapes: (readonly number[])[]) =>
    shapes.reduce((bytes, shape) => bytes + 4 * sizeOf(shape), 0);
  return { reads: sum(read.map(({ shape }) => shape)), writes: sum(written) };
}

/** A peer with as many turns as there is patience for. */
function patiently(prepared: Prepared, turnTime: number): Participant {
  const turns = Math.max(1, Math.floor(PATIENCE / turnTime));
  return {
    turns,
    // It was called before.
    turn: (calls: TurnCalls) =>
      prepared.turn(turns === 1 ? { ...calls, warm: 0, warmFor: 0 } : calls),
  };
}

/** The largest of all results' differences; NaN if they are no results of it. */
export function distances(
  results: readonly Float32Array[],
  expected: readonly Float32Array[],
): number {
  if (results.length !== expected.length) return NaN;
  return Math.max(...results.map((it, at) => distance(it, expected[at])));
}

/** The largest difference, relative where numbers are large; NaN if none fits. */
function distance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i]));
    // Also where it is no number.
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}
