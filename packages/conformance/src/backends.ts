import { cpu } from "@rockpool/cpu";
import { anyAdapter, type DeviceOptions, gpu } from "@rockpool/gpu";
import type { TestBackend } from "./test_backend.ts";

/** The CPU with two threads, which must agree with one. */
export const testCpu: TestBackend = {
  name: "cpu",
  open: () => cpu({ threads: 2 }),
  openTwin: () => cpu({ threads: 1 }),
};

/**
 * The GPU, or a software adapter where there is none, by Dawn and by the
 * WebGPU of the runtime. The environment variable ROCKPOOL_GPU=skip allows a
 * machine without either.
 */
export const testGpus: readonly TestBackend[] = [
  testGpu("Dawn", "dawn"),
  testGpu("navigator.gpu", "navigator"),
];

/** All backends that operators are tried on by default. */
export const testBackends: readonly TestBackend[] = [testCpu, ...testGpus];

function testGpu(
  name: string,
  implementation: DeviceOptions["implementation"],
): TestBackend {
  return {
    name: `gpu by ${name}`,
    open: async () => gpu({ implementation, adapter: await anyAdapter() }),
    isShared: true,
    get skip() {
      const skipped = Deno.env.get("ROCKPOOL_GPU") === "skip";
      return skipped ? "ROCKPOOL_GPU is skip" : undefined;
    },
  };
}
