import type { DType, Shape, Value } from "@rockpool/core";
import type { WasmMemory } from "./memory.ts";

/** A value in the memory of the CPU backend. */
export interface CpuValue extends Value {
  /**
   * The numbers themselves, row-major: what is written here, the value holds.
   * Do not keep the view: in a runtime without shared memory it goes stale
   * when memory grows.
   *
   * @throws {TypeError} once the value is freed
   */
  readonly data: Float32Array<ArrayBufferLike> | Int32Array<ArrayBufferLike>;
}

/** How many values share a block of memory. */
export interface Users {
  count: number;
}

/** A value and where it lies. */
export class Block implements CpuValue {
  #view:
    | Float32Array<ArrayBufferLike>
    | Int32Array<ArrayBufferLike>
    | undefined;
  /** Whether the memory belongs to something else by now. */
  freed = false;

  constructor(
    readonly memory: WasmMemory,
    readonly address: number,
    readonly shape: Shape,
    readonly dtype: DType,
    readonly size: number,
    readonly users: Users = { count: 1 },
  ) {}

  get data(): Float32Array<ArrayBufferLike> | Int32Array<ArrayBufferLike> {
    if (this.freed) {
      throw new TypeError(
        "Cannot use the data of a value that is freed: its session is disposed",
      );
    }
    const { buffer } = this.memory.memory;
    const stale = this.#view?.buffer.byteLength === 0;
    if (!this.#view || stale) {
      this.#view = this.dtype === "int32"
        ? new Int32Array(buffer, this.address, this.size)
        : new Float32Array(buffer, this.address, this.size);
    }
    return this.#view;
  }
}
