/**
 * The last few things that were made of some key: tables that a network asks
 * for again and again, be it with a few sizes in turn.
 *
 * @example
 * ```ts
 * import { Recent } from "@rockpool/kernel";
 * import { assert } from "@std/assert";
 *
 * const tables = new Recent<Float32Array>(8);
 * const made = tables.get("16", () => new Float32Array(16));
 * assert(tables.get("16", () => new Float32Array(16)) === made);
 * ```
 */
export class Recent<Made> {
  readonly #made = new Map<string, Made>();

  /** Keeps so many things, those that were asked for last. */
  constructor(readonly limit: number) {}

  /** What was made of a key, or is now. */
  get(key: string, make: () => Made): Made {
    const made = this.#made.get(key) ?? make();
    this.#made.delete(key);
    this.#made.set(key, made);
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= this.limit) break;
      this.#made.delete(oldest);
    }
    return made;
  }
}
