import { type Random, randomBelow } from "./random.ts";

/** A level for each factor. */
export type Choice = readonly number[];

/** How many choices are drawn to find a good one. */
const DRAWS = 40;

/**
 * Few choices that together hold every pair of levels of any two factors that
 * an accepted choice can hold.
 *
 * @param levels the number of levels of each factor
 */
export function pairwise(
  levels: readonly number[],
  { random, accepts }: {
    random: Random;
    accepts: (choice: Choice) => boolean;
  },
): Choice[] {
  const open = new Map<string, Pair>();
  for (const pair of allPairs(levels)) open.set(keyOf(pair), pair);
  const found: Choice[] = [];
  for (const [key, wanted] of open) {
    const best = drawBest(levels, { random, accepts, wanted, open });
    if (best) {
      found.push(best);
      for (const pair of pairsOf(best)) open.delete(keyOf(pair));
    } else open.delete(key);
  }
  return found;
}

/** A level of one factor and a level of another, later one. */
type Pair = readonly [
  factor: number,
  level: number,
  other: number,
  otherLevel: number,
];

const keyOf = (pair: Pair): string => pair.join();

function allPairs(levels: readonly number[]): Pair[] {
  const pairs: Pair[] = [];
  for (const [factor, count] of levels.entries()) {
    for (let other = factor + 1; other < levels.length; other++) {
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < levels[other]; b++) {
          pairs.push([factor, a, other, b]);
        }
      }
    }
  }
  return pairs;
}

function pairsOf(choice: Choice): Pair[] {
  const pairs: Pair[] = [];
  for (let factor = 0; factor < choice.length; factor++) {
    for (let other = factor + 1; other < choice.length; other++) {
      pairs.push([factor, choice[factor], other, choice[other]]);
    }
  }
  return pairs;
}

/** Of some accepted choices with the wanted pair the one with most open pairs. */
function drawBest(
  levels: readonly number[],
  { random, accepts, wanted, open }: {
    random: Random;
    accepts: (choice: Choice) => boolean;
    wanted: Pair;
    open: ReadonlyMap<string, Pair>;
  },
): Choice | undefined {
  const [factor, level, other, otherLevel] = wanted;
  let best: Choice | undefined;
  let most = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const choice = levels.map((count) => randomBelow(random, count));
    choice[factor] = level;
    choice[other] = otherLevel;
    const covered = pairsOf(choice).filter((pair) => open.has(keyOf(pair)));
    if (covered.length > most && accepts(choice)) {
      best = choice;
      most = covered.length;
    }
  }
  return best;
}
