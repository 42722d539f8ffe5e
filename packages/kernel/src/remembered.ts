/**
 * The last few things that were made, found again by comparing what they were
 * made of: for keys that would cost more to write down than to compare.
 *
 * @example
 * ```ts
 * import { Remembered } from "@rockpool/kernel";
 * import { assert } from "@std/assert";
 *
 * const sums = new Remembered(
 *   8,
 *   (made: { a: number; b: number }, a: number, b: number) =>
 *     made.a === a && made.b === b,
 * );
 * const three = sums.add({ a: 1, b: 2 });
 * assert(sums.find(1, 2) === three);
 * assert(sums.find(2, 1) === undefined);
 * ```
 */
export class Remembered<Made, A, B = undefined> {
  readonly #made: Made[] = [];
  /** Where the search begins: behind a layer comes the next one, or itself. */
  #last = 0;
  /** What is forgotten next, once there are too many. */
  #oldest = 0;

  /** Remembers so many things; `fits` tells one by what it was made of. */
  constructor(
    readonly limit: number,
    readonly fits: (made: Made, a: A, b: B) => boolean,
  ) {}

  /** What was made of these, if it is remembered. */
  find(a: A, b: B): Made | undefined {
    const count = this.#made.length;
    let at = this.#last;
    for (let i = 0; i < count; i++) {
      const made = this.#made[at];
      if (this.fits(made, a, b)) {
        this.#last = at;
        return made;
      }
      at = at + 1 === count ? 0 : at + 1;
    }
    return undefined;
  }

  /** Remembers a thing; where there are too many, the oldest is forgotten. */
  add(made: Made): Made {
    this.#last = this.#oldest;
    this.#made[this.#oldest] = made;
    this.#oldest = (this.#oldest + 1) % this.limit;
    return made;
  }
}

/** Whether two options are the same: numbers and words, or lists of such. */
export function sameContents(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (!sameContents(a[i], b[i])) return false;
  }
  return true;
}

/** An option that nobody can change: lists are copied. */
export function frozenContents<T>(value: T): T {
  return Array.isArray(value)
    ? Object.freeze(value.map(frozenContents)) as T
    : value;
}
