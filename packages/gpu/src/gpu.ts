import type { Backend, MemoryReport, SessionOptions } from "@rockpool/core";
import { GpuDevice } from "./gpu_device.ts";
import { type GpuSession, OpenGpuSession } from "./gpu_session.ts";
import type { GpuValue } from "./gpu_value.ts";
import {
  type DeviceOptions,
  type OpenDevice,
  requestDevice,
} from "./request_device.ts";

/** What {@linkcode gpu} is opened with: where its device comes from. */
export type GpuOptions = DeviceOptions;

/** The backend that runs on WebGPU. */
export interface GpuBackend extends Backend<GpuValue> {
  /** The device, which has the buffers of all values. */
  readonly device: GPUDevice;
  /** Opens a session. */
  session(options?: SessionOptions): GpuSession;
}

/**
 * Opens a backend on WebGPU: on the caller's device, else on a GPU that
 * `navigator.gpu` or npm's `webgpu` finds.
 *
 * Values stay on the device, and what is asked for waits until something is
 * read, so that it is submitted together. What goes wrong on the device (no
 * memory, a lost device) rejects the reads of all values it may have spoilt.
 *
 * @throws {Error} where there is no such device, saying what to do
 *
 * @example
 * ```ts
 * import { anyAdapter, gpu } from "@rockpool/gpu";
 * import { assertEquals } from "@std/assert";
 *
 * // `await gpu()` is all where there is a GPU; this runs on any machine.
 * using backend = await gpu({ adapter: await anyAdapter() });
 * using session = backend.session();
 * const x = session.upload({ shape: [2], data: Float32Array.of(1, 2) });
 * assertEquals([...(await session.read(x)).data], [1, 2]);
 * ```
 */
export async function gpu(options: GpuOptions = {}): Promise<GpuBackend> {
  return new Gpu(await requestDevice(options));
}

/** The backend on a device that is open; it closes it. */
export class Gpu implements GpuBackend {
  readonly name: string = "gpu";
  readonly info: string;
  readonly device: GPUDevice;
  readonly #open: OpenDevice;
  readonly #device: GpuDevice;

  constructor(open: OpenDevice) {
    this.#open = open;
    this.device = open.device;
    const isOwn = open.implementation !== "user";
    this.#device = new GpuDevice(open.device, isOwn);
    this.info = `${open.adapter} (WebGPU: ${
      { user: "the user's device", navigator: "navigator.gpu", dawn: "Dawn" }[
        open.implementation
      ]
    })`;
  }

  session(options?: SessionOptions): OpenGpuSession {
    this.#device.assertOpen("open a session");
    return new OpenGpuSession(this, this.#device, options);
  }

  memory(): MemoryReport {
    const { live, reserved } = this.#device;
    return { live, reserved };
  }

  [Symbol.dispose](): void {
    this.#device.dispose();
    this.#open[Symbol.dispose]();
  }
}
