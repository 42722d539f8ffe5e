import { integerBelow, Recent, threefry } from "@rockpool/kernel";

/** What each channel goes to: a bucket, and with which sign. */
export interface CountSketch {
  /** The bucket of each channel. */
  readonly buckets: ArrayLike<number>;
  /** The sign of each channel, or what else it is multiplied by. */
  readonly signs: ArrayLike<number>;
}

/** Which of the two inputs a table is for: x is 0, y is 1. */
export type Which = 0 | 1;

/** The slots of random words; those of y follow those of x. */
const SLOTS = { countSketch: 0x40, signs: 0x42 };

/**
 * The count sketch of a seed: for each channel one of `buckets`, and a sign.
 * They belong to a layer, not to a call.
 */
export function countSketch(
  channels: number,
  { buckets, seed, which }: {
    readonly buckets: number;
    /** An unsigned 32-bit integer. */
    readonly seed: number;
    readonly which: Which;
  },
): { readonly buckets: Int32Array; readonly signs: Float32Array } {
  const slot = SLOTS.countSketch + which;
  const words = Array.from(
    { length: channels },
    (_, channel) => threefry([seed, 0], [channel, slot]),
  );
  return {
    buckets: Int32Array.from(words, ([word]) => integerBelow(word, buckets)),
    signs: Float32Array.from(words, ([, word]) => word >>> 31 ? -1 : 1),
  };
}

const known = new Recent<Float32Array>(4);

/**
 * The matrix of signs of a seed, `[rows, columns]`, row by row; to be read
 * only, since it is remembered.
 */
export function signMatrix(
  [rows, columns]: readonly [rows: number, columns: number],
  { seed, which }: { readonly seed: number; readonly which: Which },
): Float32Array {
  const length = rows * columns;
  return known.get(`${length} ${seed} ${which}`, () => {
    const signs = new Float32Array(length);
    for (let start = 0; start < length; start += 64) {
      const words = threefry([seed, 0], [start / 64, SLOTS.signs + which]);
      const end = Math.min(length, start + 64);
      for (let at = start; at < end; at++) {
        const word = words[(at >>> 5) & 1];
        signs[at] = (word >>> (at & 31)) & 1 ? -1 : 1;
      }
    }
    return signs;
  });
}
