import { Gaps } from "./gaps.ts";
import type { WasmMemory } from "./memory.ts";

/** Blocks start at multiples of this, a cache line. */
const ALIGNMENT = 64;

/**
 * Blocks of a growing memory: the smallest gap that fits is taken, and gaps
 * that touch become one.
 */
export class Allocator {
  readonly #gaps = new Gaps();
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
    const address = this.#gaps.take(size) ?? this.#extend(size);
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
    if (address + size < this.#end) {
      this.#gaps.add(address, size);
      return;
    }
    // What is freed in the reverse order of its allocation leaves no gap.
    this.#end = this.#gaps.takeEndingAt(address) ?? address;
  }

  #extend(size: number): number {
    this.memory.reserve(this.#end + size + this.guard);
    const address = this.#end;
    this.#end += size;
    return address;
  }
}
