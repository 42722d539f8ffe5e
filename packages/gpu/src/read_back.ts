import type { CommandBatch, Slice } from "./command_batch.ts";
import type { Failures } from "./failures.ts";
import { BufferUsage, MapMode } from "./usage_flags.ts";

/** Copies buffers to host memory, through buffers that it keeps for the next. */
export class ReadBack {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #batch: CommandBatch;
  readonly #spare: GPUBuffer[] = [];
  readonly #all = new Set<GPUBuffer>();

  constructor(device: GPUDevice, failures: Failures, batch: CommandBatch) {
    this.#device = device;
    this.#failures = failures;
    this.#batch = batch;
  }

  /** Bytes of the device that it holds. */
  get reserved(): number {
    return [...this.#all].reduce((bytes, { size }) => bytes + size, 0);
  }

  /**
   * The bytes of a slice after all commands so far, which are submitted.
   *
   * @throws {Error} if any of them failed, or the device is lost
   */
  async read(slice: Slice, action: string): Promise<ArrayBuffer> {
    const staging = this.#acquire(slice.size);
    try {
      this.#batch.copy(slice, staging);
      this.#batch.flush();
      const mapped = this.#failures.guard(
        "a buffer could not be mapped",
        () => staging.mapAsync(MapMode.READ, 0, slice.size),
      );
      await this.#failures.settle(action, mapped);
      const bytes = staging.getMappedRange(0, slice.size).slice(0);
      staging.unmap();
      this.#spare.push(staging);
      return bytes;
    } catch (error) {
      this.#destroy(staging);
      throw error;
    }
  }

  /** Destroys all buffers; what waits for them is rejected. */
  dispose(): void {
    for (const staging of this.#all) this.#destroy(staging);
    this.#spare.length = 0;
  }

  /** The smallest spare buffer that is not far too large, or a new one. */
  #acquire(bytes: number): GPUBuffer {
    const fitting = this.#spare
      .filter(({ size }) => size >= bytes && size <= 4 * bytes + 4096)
      .sort((a, b) => a.size - b.size);
    if (fitting.length > 0) {
      this.#spare.splice(this.#spare.indexOf(fitting[0]), 1);
      return fitting[0];
    }
    // One spare buffer is enough for reads that come one after the other.
    for (const useless of this.#spare.splice(0)) this.#destroy(useless);
    const staging = this.#failures.guard(
      `a buffer of ${bytes} bytes for reading could not be made`,
      () =>
        this.#device.createBuffer({
          label: "rockpool read-back",
          size: bytes,
          usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
        }),
    );
    this.#all.add(staging);
    return staging;
  }

  #destroy(staging: GPUBuffer): void {
    staging.destroy();
    this.#all.delete(staging);
  }
}
