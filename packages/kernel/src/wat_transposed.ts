import { call, get, type Term, type WatFunction } from "./wat_text.ts";

/** Two vectors interleaved: their first halves, and their second halves. */
export const INTERLEAVE_LOW = "0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23";
export const INTERLEAVE_HIGH = "8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31";

/** The first halves of two vectors, and the second halves. */
const HALVES = [
  "0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23",
  "8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31",
];

/**
 * The columns of four vectors that are the rows of a matrix; what none asks for
 * is not computed.
 */
export function transposed(
  out: WatFunction,
  name: string,
  rows: readonly Term[],
): (() => Term)[] {
  const made = new Set<string>();
  const kept = rows.map((row, index) =>
    out.set(`${name}.row${index}`, "v128", row)
  );
  const pair = (order: string, half: number, from: number) => {
    const local = `${name}.${half}.${from}`;
    if (made.has(local)) return get(local);
    made.add(local);
    const pair = call(`i8x16.shuffle ${order}`, kept[from], kept[from + 1]);
    return out.set(local, "v128", pair);
  };
  return [0, 1, 2, 3].map((column) => () => {
    const half = column >> 1;
    const order = half === 0 ? INTERLEAVE_LOW : INTERLEAVE_HIGH;
    return call(
      `i8x16.shuffle ${HALVES[column % 2]}`,
      pair(order, half, 0),
      pair(order, half, 2),
    );
  });
}
