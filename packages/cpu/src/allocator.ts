import type { WasmMemory } from "./memory.ts";

/** Blocks start at multiples of this, a cache line. */
const ALIGNMENT = 64;

/** A free stretch of memory. */
interface Gap {
  address: number;
  size: number;
}

/**
 * Blocks of a growing memory: the smallest gap that fits is taken, and gaps
 * that touch become one.
 */
export class Allocator {
  /** Sorted by address, and never touching. */
  readonly #gaps: Gap[] = [];
  readonly #sizes = new Map<number, number>();
  #end: number;
  #live = 0;

  /** Takes the memory from `start` on, and leaves `guard` bytes at its end. */
  constructor(
    readonly memory: WasmMemory,
    start: number,
    readonly guard: number,
  ) {
    this.#end = start;
  }

  /** Bytes of all blocks in use. */
  get live(): number {
    return this.#live;
  }

  /**
   * The address of a new block.
   *
   * @throws {RangeError} where memory cannot grow far enough
   */
  allocate(bytes: number): number {
    const size = Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
    const address = this.#takeGap(size) ?? this.#extend(size);
    this.#sizes.set(address, size);
    this.#live += size;
    return address;
  }

  /** Gives a block back. */
  free(address: number): void {
    const size = this.#sizes.get(address);
    if (size === undefined) {
      throw new RangeError(`Cannot free address ${address}: it is no block`);
    }
    this.#sizes.delete(address);
    this.#live -= size;
    const gaps = this.#gaps;
    let at = gaps.findIndex((gap) => gap.address > address);
    if (at < 0) at = gaps.length;
    gaps.splice(at, 0, { address, size });
    this.#join(at);
    if (at > 0) this.#join(at - 1);
    const last = gaps.at(-1)!;
    if (last.address + last.size === this.#end) {
      gaps.pop();
      this.#end = last.address;
    }
  }

  /** Makes a gap and the one behind it one where they touch. */
  #join(at: number): void {
    const [gap, next] = [this.#gaps[at], this.#gaps[at + 1]];
    if (!next || gap.address + gap.size !== next.address) return;
    gap.size += next.size;
    this.#gaps.splice(at + 1, 1);
  }

  #takeGap(size: number): number | undefined {
    let best = -1;
    for (const [index, gap] of this.#gaps.entries()) {
      const better = best < 0 || gap.size < this.#gaps[best].size;
      if (gap.size >= size && better) best = index;
    }
    if (best < 0) return undefined;
    const gap = this.#gaps[best];
    const { address } = gap;
    gap.address += size;
    gap.size -= size;
    if (gap.size === 0) this.#gaps.splice(best, 1);
    return address;
  }

  #extend(size: number): number {
    this.memory.reserve(this.#end + size + this.guard);
    const address = this.#end;
    this.#end += size;
    return address;
  }
}
