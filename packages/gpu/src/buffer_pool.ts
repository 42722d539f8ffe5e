import type { Failures } from "./failures.ts";
import { BufferUsage } from "./usage_flags.ts";

/** A storage buffer that holds a value. */
export interface Block {
  readonly buffer: GPUBuffer;
  /** Its size in bytes, possibly more than the value needs. */
  readonly size: number;
  /** Whether it is a user's: not of the pool, and never written. */
  readonly isAdopted: boolean;
  /** The number of the last batch of commands that uses it. */
  lastBatch: number;
}

/** Bytes of spare blocks that are kept. */
const SPARE_BYTES = 2 ** 29;

/** No block is smaller, so that few sizes serve all small values. */
const SMALLEST = 256;

const USAGE = BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST;

/** Storage buffers of a device, kept for values to come. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  /** Spare blocks by size; those freed first stand first. */
  readonly #spare = new Map<number, Block[]>();
  readonly #all = new Set<Block>();
  #spareBytes = 0;
  #reserved = 0;

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
  }

  /** Bytes of all blocks, spare or not. */
  get reserved(): number {
    return this.#reserved;
  }

  /** A block of at least so many bytes; what it holds is not defined. */
  acquire(bytes: number): Block {
    const size = blockSize(bytes, this.#device.limits.maxBufferSize);
    const spare = this.#spare.get(size)?.pop();
    if (spare) {
      this.#spareBytes -= size;
      return spare;
    }
    const buffer = this.#failures.guard(
      `a buffer of ${size} bytes could not be made`,
      () => this.#device.createBuffer({ size, usage: USAGE }),
    );
    const block = { buffer, size, isAdopted: false, lastBatch: -1 };
    this.#all.add(block);
    this.#reserved += size;
    return block;
  }

  /** Keeps a block for later. */
  release(block: Block): void {
    const same = this.#spare.get(block.size) ?? [];
    this.#spare.set(block.size, same);
    same.push(block);
    this.#spareBytes += block.size;
  }

  /** Whether there are so many spare blocks that some should go. */
  get isFull(): boolean {
    return this.#spareBytes > SPARE_BYTES;
  }

  /**
   * Destroys spare blocks, large ones first, until no more than so many bytes
   * are left; no command that uses them may be waiting.
   */
  trim(keep: number = SPARE_BYTES): void {
    for (const size of [...this.#spare.keys()].sort((a, b) => b - a)) {
      const blocks = this.#spare.get(size)!;
      while (this.#spareBytes > keep && blocks.length > 0) {
        this.#spareBytes -= size;
        this.#destroy(blocks.shift()!);
      }
    }
  }

  /** Destroys all blocks, also those in use. */
  dispose(): void {
    for (const block of this.#all) this.#destroy(block);
    this.#spare.clear();
    this.#spareBytes = 0;
  }

  #destroy(block: Block): void {
    block.buffer.destroy();
    this.#all.delete(block);
    this.#reserved -= block.size;
  }
}

/** Bytes rounded up, by an eighth at most, so that similar values share blocks. */
export function blockSize(bytes: number, most: number): number {
  const step = Math.max(SMALLEST, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  const rounded = Math.ceil(Math.max(bytes, 1) / step) * step;
  return Math.max(bytes, Math.min(rounded, most - (most % 4)));
}
