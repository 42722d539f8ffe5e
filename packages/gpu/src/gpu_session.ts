import {
  type Backend,
  checkShape,
  type DType,
  type Session,
  type SessionOptions,
  type Shape,
} from "@rockpool/core";
import { DeviceSession } from "@rockpool/kernel";
import type { GpuDevice } from "./gpu_device.ts";
import type { GpuValue } from "./gpu_value.ts";

/** A session on WebGPU, which can share buffers with the user's own shaders. */
export interface GpuSession extends Session<GpuValue> {
  /**
   * The numbers in a buffer of the user as a value, without a copy: row-major
   * from the buffer's beginning, float32 by default. The buffer must have
   * usage `STORAGE`, and `COPY_SRC` to be read; it is not written, and stays
   * the user's.
   *
   * @throws {TypeError} | {RangeError} if the buffer's usage or size does not fit
   */
  fromBuffer(buffer: GPUBuffer, shape: Shape, dtype?: DType): GpuValue;
}

/** What a backend gives as a session. */
export class OpenGpuSession extends DeviceSession<GpuValue>
  implements GpuSession {
  readonly #gpu: GpuDevice;

  constructor(
    backend: Backend<GpuValue>,
    device: GpuDevice,
    options?: SessionOptions,
  ) {
    super(backend, device, options);
    this.#gpu = device;
  }

  fromBuffer(
    buffer: GPUBuffer,
    shape: Shape,
    dtype: DType = "float32",
  ): GpuValue {
    checkShape(shape);
    return this.adopt(this.#gpu.adopt(buffer, shape, dtype));
  }
}
