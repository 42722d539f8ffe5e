import { randomWord, unitInterval } from "@rockpool/kernel";

/** Gives the next number in [0, 1) each time it is called. */
export type Random = () => number;

/** A sequence of random numbers that a seed determines. */
export function makeRandom(seed: number): Random {
  let index = 0;
  return () => unitInterval(randomWord({ seed, stream: 0 }, 0, index++));
}

/** A random integer of at least 0 and below `limit`. */
export function randomBelow(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** The integers from 0 to `length` in a random order. */
export function randomOrder(random: Random, length: number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = randomBelow(random, last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
