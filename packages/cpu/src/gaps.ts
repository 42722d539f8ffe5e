/**
 * Free stretches of memory, of which no two touch, found by where they begin
 * and end and by their size: the time to do so does not grow with their number.
 */
export class Gaps {
  /** The size of each, by its address. */
  readonly #sizes = new Map<number, number>();
  /** The address of each, by its end. */
  readonly #starts = new Map<number, number>();
  /** The addresses of those of a size. */
  readonly #bySize = new Map<number, Set<number>>();
  /** All sizes that there are, in ascending order. */
  readonly #ordered: number[] = [];

  /** Adds a stretch, made one with those that it touches. */
  add(address: number, size: number): void {
    let start = address;
    let end = address + size;
    const before = this.#starts.get(start);
    if (before !== undefined) {
      this.#remove(before);
      start = before;
    }
    const behind = this.#sizes.get(end);
    if (behind !== undefined) {
      this.#remove(end);
      end += behind;
    }
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
    if (this.#sizes.size === 0) return undefined;
    const found = this.#bySize.has(size)
      ? size
      : this.#ordered[this.#placeOf(size)];
    if (found === undefined) return undefined;
    const [address] = this.#bySize.get(found)!;
    this.#remove(address);
    if (found > size) this.#insert(address + size, found - size);
    return address;
  }

  #insert(address: number, size: number): void {
    this.#sizes.set(address, size);
    this.#starts.set(address + size, address);
    const alike = this.#bySize.get(size);
    if (alike) {
      alike.add(address);
      return;
    }
    this.#bySize.set(size, new Set([address]));
    this.#ordered.splice(this.#placeOf(size), 0, size);
  }

  #remove(address: number): void {
    const size = this.#sizes.get(address)!;
    this.#sizes.delete(address);
    this.#starts.delete(address + size);
    const alike = this.#bySize.get(size)!;
    alike.delete(address);
    if (alike.size > 0) return;
    this.#bySize.delete(size);
    this.#ordered.splice(this.#placeOf(size), 1);
  }

  /** The index of the first size that is not smaller. */
  #placeOf(size: number): number {
    let [low, high] = [0, this.#ordered.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ordered[middle] < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
