import { threefry, unitInterval } from "./threefry.ts";

/** What names normal numbers among all that are drawn with a seed. */
export interface NormalKey {
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Another one: what the numbers are for; 0 by default. */
  readonly stream?: number;
  /** Another one: which of several draws for the same; 0 by default. */
  readonly slot?: number;
}

/**
 * Normal numbers of mean 0, the same ones for the same key on every machine
 * but for the last digits of logarithm and cosine.
 *
 * Box and Muller, A Note on the Generation of Random Normal Deviates (1958).
 *
 * @example
 * ```ts
 * import { normal } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const some = normal(4, { seed: 7, deviation: 0.1 });
 * assertEquals(normal(2, { seed: 7, deviation: 0.1 }), some.subarray(0, 2));
 * ```
 */
export function normal(
  count: number,
  { seed, stream = 0, slot = 0, deviation }: NormalKey & {
    /** The standard deviation. */
    readonly deviation: number;
  },
): Float32Array {
  const data = new Float32Array(count);
  for (let index = 0; index < count; index += 2) {
    // Two uniform numbers make two normal ones.
    const words = threefry([seed, stream], [index / 2, slot]);
    const [u, v] = words.map(unitInterval);
    // 1 − u is never 0.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - u));
    data[index] = radius * Math.cos(2 * Math.PI * v);
    // What lies beyond the last element is dropped.
    data[index + 1] = radius * Math.sin(2 * Math.PI * v);
  }
  return data;
}
