import type { DType, Shape, TensorData, Value } from "@rockpool/core";
import type { Block } from "./buffer_pool.ts";

/** A value on the GPU. */
export interface GpuValue extends Value {
  /**
   * The buffer that holds it, row-major from its beginning, and possibly more
   * behind; usable until the value's session ends. Reading this property
   * submits all that was asked for before.
   */
  readonly buffer: GPUBuffer;
}

/** A value as its device sees it. */
export class DeviceValue implements GpuValue {
  /** A copy of the numbers where the host has them. */
  mirror: TensorData | undefined;
  isFreed = false;

  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    /** What holds the numbers: a block of the pool, or of a user. */
    readonly block: Block,
    /** How many values share the block. */
    readonly users: { count: number },
    /** Called before the buffer is given to a user. */
    private readonly submit: () => void,
  ) {}

  get buffer(): GPUBuffer {
    this.submit();
    return this.block.buffer;
  }

  /** Bytes of the numbers. */
  get bytes(): number {
    return this.shape.reduce((bytes, length) => bytes * length, 4);
  }
}
