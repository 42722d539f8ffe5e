/**
 * The CPU backend of Rockpool: WebAssembly SIMD kernels over one memory, on
 * worker threads, in Deno, Node and the browser.
 *
 * @module
 */
export { cpu, type CpuOptions } from "./src/cpu.ts";
export type { CpuValue } from "./src/cpu_value.ts";
