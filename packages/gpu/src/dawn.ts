import { importAtRuntime } from "./import_at_runtime.ts";

interface DawnModule {
  create(options: string[]): GPU;
}

/**
 * The WebGPU of npm's `webgpu`, which is Dawn.
 *
 * @throws {Error} where the package is not installed or not built for the
 * platform.
 */
export async function loadDawn(): Promise<GPU> {
  try {
    const { create } = await importAtRuntime<DawnModule>("webgpu");
    return create([]);
  } catch (cause) {
    throw new Error(
      'Cannot load npm:webgpu: install it with "deno add npm:webgpu" or ' +
        '"npm install webgpu", and allow native add-ons (--allow-ffi)',
      { cause },
    );
  }
}
