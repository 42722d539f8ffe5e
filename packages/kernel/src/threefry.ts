/** How far each of eight rounds rotates, over and over. */
export const ROTATIONS: readonly number[] = [13, 15, 26, 6, 17, 29, 16, 24];

/** The number of rounds: five groups of four, each ended by a key injection. */
export const ROUNDS = 20;

/** What the third key word is xored with. */
export const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32-20: two random words for a key and a counter.
 *
 * Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011).
 *
 * @example
 * ```ts
 * import { threefry } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(threefry([0, 0], [0, 0]), [0x6b200159, 0x99ba4efe]);
 * ```
 */
export function threefry(
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] {
  const keys = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
  let x0 = (counter[0] + keys[0]) | 0;
  let x1 = (counter[1] + keys[1]) | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const turn = ROTATIONS[round % ROTATIONS.length];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    if (round % 4 === 3) {
      const group = (round + 1) / 4;
      x0 = (x0 + keys[group % 3]) | 0;
      x1 = (x1 + keys[(group + 1) % 3] + group) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** What all draws of one operator in one call have in common. */
export interface Stream {
  /** The session's seed. */
  readonly seed: number;
  /** The number of the call in its session. */
  readonly stream: number;
}

/** The random word at an index of a slot, which names what is drawn. */
export function randomWord(
  { seed, stream }: Stream,
  slot: number,
  index: number,
): number {
  return threefry([seed, stream], [index, slot])[0];
}

/** A random word as a number in [0, 1), exact in float32. */
export function unitInterval(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** A random word as an integer in [0, limit): ⌊word · limit / 2³²⌋. */
export function integerBelow(word: number, limit: number): number {
  // In two parts, so that no product leaves the exact integers.
  const low = Math.floor((word & 0xffff) * limit / 2 ** 16);
  return Math.floor(((word >>> 16) * limit + low) / 2 ** 16);
}
