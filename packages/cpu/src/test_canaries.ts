import { Allocator } from "./allocator.ts";

/** Bytes that nobody may write before and behind each block. */
const CANARY_BYTES = 256;

/** NaN as a number, below zero as an index. */
const CANARY = Uint8Array.of(0xa5, 0xa5, 0xa5, 0xff);
const [WORD] = new Int32Array(CANARY.buffer);

/** A block and the canaries around it. */
interface Guarded {
  readonly allocator: Allocator;
  readonly bytes: number;
}

/** Watches over the blocks of all backends that are opened in the meantime. */
export interface Canaries extends Disposable {
  /**
   * Looks at all blocks.
   *
   * @throws {Error} where something was written beyond one since the last time
   */
  check(): void;
}

/**
 * Puts canaries around every block that is allocated, and into it: what reads
 * what nobody wrote gets NaN, and what writes beyond a block is found, which
 * would damage others in silence since all kernels share one memory.
 */
export function placeCanaries(): Canaries {
  const { allocate, free } = Allocator.prototype;
  const blocks = new Map<Allocator, Map<number, Guarded>>();
  const damages: string[] = [];

  Allocator.prototype.allocate = function (bytes: number): number {
    const size = bytes + 2 * CANARY_BYTES;
    const base = allocate.call(this, size);
    // Blocks begin and end at multiples of 64.
    this.memory.words.fill(WORD, base / 4, Math.ceil((base + size) / 4));
    const address = base + CANARY_BYTES;
    const known = blocks.get(this) ?? new Map<number, Guarded>();
    blocks.set(this, known.set(address, { allocator: this, bytes }));
    return address;
  };
  Allocator.prototype.free = function (address: number): void {
    const block = blocks.get(this)?.get(address);
    if (!block) throw new RangeError(`Cannot free ${address}: it is no block`);
    damages.push(...damagesOf(address, block));
    blocks.get(this)!.delete(address);
    free.call(this, address - CANARY_BYTES);
  };
  return {
    check() {
      for (const known of blocks.values()) {
        for (const [address, block] of known) {
          damages.push(...damagesOf(address, block));
        }
      }
      const found = damages.splice(0);
      if (found.length === 0) return;
      throw new Error(`Blocks are damaged: ${found.slice(0, 4).join("; ")}`);
    },
    [Symbol.dispose]() {
      Object.assign(Allocator.prototype, { allocate, free });
    },
  };
}

function bytesOf({ memory }: Allocator, start: number, length: number) {
  return new Uint8Array(memory.memory.buffer, start, length);
}

/** Where canaries are gone; they are put back, so that each damage is told once. */
function* damagesOf(
  address: number,
  { allocator, bytes }: Guarded,
): Generator<string> {
  for (const start of [-CANARY_BYTES, bytes]) {
    const canaries = bytesOf(allocator, address + start, CANARY_BYTES);
    const at = (index: number) =>
      CANARY[(start + CANARY_BYTES + index) % CANARY.length];
    const first = canaries.findIndex((byte, index) => byte !== at(index));
    if (first < 0) continue;
    yield `byte ${start + first} of a block of ${bytes} bytes was written`;
    canaries.forEach((_, index) => canaries[index] = at(index));
  }
}
