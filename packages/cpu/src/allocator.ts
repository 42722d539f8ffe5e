import { Gaps } from "./gaps.ts";
import type { WasmMemory } from "./memory.ts";

/** Blocks start at multiples of this, a cache line. */
const ALIGNMENT = 64;

/** How many blocks are kept as they are when they are freed. */
const FRESH = 16;

/**
 * Blocks of a growing memory: the smallest gap that fits is taken, and gaps
 * that touch become one.
 *
 * Blocks that were freed last stay as they are at first, since the next call
 * mostly asks for the same sizes; whoever asks for another size makes gaps of
 * all of them first.
 */
export class Allocator {
  readonly #gaps = new Gaps();
  readonly #sizes = new Map<number, number>();
  /** Blocks that were freed last, each an address and a size. */
  readonly #fresh: number[] = [];
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
    const address = this.#takeFresh(size) ?? this.#gaps.take(size) ??
      this.#extend(size);
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
    if (this.#fresh.push(address, size) > 2 * FRESH) this.#settle();
  }

  /** A block of just this size, if one was freed lately; else none is kept. */
  #takeFresh(size: number): number | undefined {
    const fresh = this.#fresh;
    for (let at = fresh.length - 1; at > 0; at -= 2) {
      if (fresh[at] !== size) continue;
      const address = fresh[at - 1];
      fresh.copyWithin(at - 1, at + 1).length -= 2;
      return address;
    }
    this.#settle();
    return undefined;
  }

  /** Makes gaps of blocks that were freed. */
  #settle(): void {
    const fresh = this.#fresh;
    for (let at = 0; at < fresh.length; at += 2) {
      this.#gaps.add(fresh[at], fresh[at + 1]);
    }
    fresh.length = 0;
  }

  #extend(size: number): number {
    // What is free at the end is a part of it.
    this.#end = this.#gaps.takeEndingAt(this.#end) ?? this.#end;
    this.memory.reserve(this.#end + size + this.guard);
    const address = this.#end;
    this.#end += size;
    return address;
  }
}
