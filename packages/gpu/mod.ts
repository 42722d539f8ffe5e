/**
 * The backend of Rockpool on WebGPU, in the browser, in Deno and in Node.
 *
 * @module
 */
export { anyAdapter } from "./src/any_adapter.ts";
export { gpu, type GpuBackend, type GpuOptions } from "./src/gpu.ts";
export type { GpuSession } from "./src/gpu_session.ts";
export type { GpuValue } from "./src/gpu_value.ts";
export type { DeviceOptions } from "./src/request_device.ts";
