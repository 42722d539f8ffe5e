/** Bytes of a WebAssembly page. */
export const PAGE: number = 65536;

/** The most pages that 32-bit addresses reach: 4 GiB. */
const MAX_PAGES = 65536;

/** Whether this runtime can share memory among threads. */
export function canShare(): boolean {
  return typeof SharedArrayBuffer !== "undefined";
}

/** The WebAssembly memory of a backend: all values lie in it. */
export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  /** Whether threads share it. */
  readonly shared: boolean;
  #size = 0;
  #words: Int32Array<ArrayBufferLike> = new Int32Array(0);
  #numbers: Float32Array<ArrayBufferLike> = new Float32Array(0);

  constructor(shared: boolean) {
    this.shared = shared;
    this.memory = new WebAssembly.Memory({
      initial: 2,
      maximum: MAX_PAGES,
      shared,
    });
    this.#look();
  }

  /** Its size in bytes. */
  get size(): number {
    return this.#size;
  }

  /** All of it as integers, until it grows. */
  get words(): Int32Array<ArrayBufferLike> {
    return this.#words;
  }

  /** All of it as numbers, until it grows. */
  get numbers(): Float32Array<ArrayBufferLike> {
    return this.#numbers;
  }

  /**
   * Grows it to at least a number of bytes.
   *
   * @throws {RangeError} where 4 GiB, or what the system gives, do not suffice
   */
  reserve(bytes: number): void {
    const missing = Math.ceil((bytes - this.size) / PAGE);
    if (missing <= 0) return;
    const spare = Math.min(
      Math.max(missing, Math.floor(this.size / PAGE / 4)),
      MAX_PAGES - this.size / PAGE,
    );
    for (const pages of spare > missing ? [spare, missing] : [missing]) {
      try {
        this.memory.grow(pages);
        this.#look();
        return;
      } catch {
        // The next, smaller request may fit.
      }
    }
    throw new RangeError(
      `Cannot grow the memory of the CPU backend to ${bytes} bytes: it has ${this.size}, ${
        MAX_PAGES * PAGE
      } are the most that WebAssembly can address`,
    );
  }

  /** Asking for the buffer takes as long as a small kernel. */
  #look(): void {
    const { buffer } = this.memory;
    this.#size = buffer.byteLength;
    this.#words = new Int32Array(buffer);
    this.#numbers = new Float32Array(buffer);
  }
}
