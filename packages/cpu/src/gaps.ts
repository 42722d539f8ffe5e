/**
 * Free stretches of memory, of which no two touch, found by where they begin
 * and end and by their size: searches take as many steps as their number has
 * digits.
 */
export class Gaps {
  /** The size of each, by its address. */
  readonly #sizes = new Map<number, number>();
  /** The address of each, by its end. */
  readonly #starts = new Map<number, number>();
  /** All addresses, those of small ones first; of one size in order. */
  readonly #ordered: number[] = [];

  /** Adds a stretch, made one with those that it touches. */
  add(address: number, size: number): void {
    const start = this.takeEndingAt(address) ?? address;
    let end = address + size;
    if (this.#sizes.has(end)) end += this.#remove(end);
    this.#insert(start, end - start);
  }

  /** Takes the stretch that ends at an address; gives where it begins. */
  takeEndingAt(end: number): number | undefined {
    const start = this.#starts.get(end);
    if (start !== undefined) this.#remove(start);
    return start;
  }

  /** Takes so many bytes of the smallest stretch that has them. */
  take(size: number): number | undefined {
    const address = this.#ordered[this.#placeOf(size, 0)];
    if (address === undefined) return undefined;
    const found = this.#remove(address);
    if (found > size) this.#insert(address + size, found - size);
    return address;
  }

  #insert(address: number, size: number): void {
    this.#sizes.set(address, size);
    this.#starts.set(address + size, address);
    this.#ordered.splice(this.#placeOf(size, address), 0, address);
  }

  /** Removes a stretch; gives its size. */
  #remove(address: number): number {
    const size = this.#sizes.get(address)!;
    this.#ordered.splice(this.#placeOf(size, address), 1);
    this.#sizes.delete(address);
    this.#starts.delete(address + size);
    return size;
  }

  /** The index of the first stretch that stands here or further behind. */
  #placeOf(size: number, address: number): number {
    let [low, high] = [0, this.#ordered.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.#ordered[middle];
      const further = this.#sizes.get(at)! - size || at - address;
      if (further < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
