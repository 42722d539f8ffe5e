import { anyAdapter, gpu, type GpuBackend } from "@rockpool/gpu";

/** The GPU backend for scripts: on a GPU where there is one, else on software. */
export async function testGpu(): Promise<GpuBackend> {
  return gpu({ adapter: await anyAdapter() });
}
