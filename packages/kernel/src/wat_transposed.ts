import { call, get, type Term, type WatFunction } from "./wat_text.ts";

/** The lanes of a vector. */
export const LANES: readonly number[] = [0, 1, 2, 3];

/** Four of the eight lanes of two vectors; the second is the first by default. */
export function shuffle(lanes: readonly number[], a: Term, b: Term = a): Term {
  const order = lanes.flatMap((lane) => LANES.map((byte) => 4 * lane + byte));
  return call(`i8x16.shuffle ${order.join(" ")}`, a, b);
}

/** Two vectors interleaved: their first halves, and their second halves. */
export const INTERLEAVE: readonly (readonly number[])[] = [
  [0, 4, 1, 5],
  [2, 6, 3, 7],
];

/** The first halves of two vectors, and the second halves. */
export const HALVES: readonly (readonly number[])[] = [
  [0, 1, 4, 5],
  [2, 3, 6, 7],
];

/**
 * The columns of a matrix whose rows are four locals, which must not change
 * until all are taken; what none asks for is not computed.
 */
export function transposed(
  out: WatFunction,
  name: string,
  rows: readonly Term[],
): (() => Term)[] {
  const made = new Set<string>();
  const pair = (half: number, from: number) => {
    const local = `${name}.${half}.${from}`;
    if (made.has(local)) return get(local);
    made.add(local);
    const pair = shuffle(INTERLEAVE[half], rows[from], rows[from + 1]);
    return out.set(local, "v128", pair);
  };
  return LANES.map((column) => () => {
    const half = column >> 1;
    return shuffle(HALVES[column % 2], pair(half, 0), pair(half, 2));
  });
}
