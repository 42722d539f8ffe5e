import { unpackDriverFiles } from "./driver_files.ts";
import { nodeBuiltin } from "./node_builtin.ts";

/**
 * Adds a software Vulkan driver to those that WebGPU finds in this process.
 *
 * Dawn looks for drivers whenever it is asked for an adapter, but Deno's
 * `navigator.gpu` only when it is first used.
 *
 * @throws {Error} on other platforms than Linux on x86-64 with Deno or Node,
 * and where npm's `@sparticuz/chromium` is not installed.
 */
export async function loadSoftwareDriver(): Promise<void> {
  assertPlatform();
  const folder = await unpackDriverFiles();
  const { join } = nodeBuiltin("node:path");
  keepLibrary(join(folder, "libvulkan.so.1"));
  announceDriver(join(folder, "vk_swiftshader_icd.json"));
}

function assertPlatform(): void {
  const { process } = globalThis as {
    process?: { platform: string; arch: string };
  };
  const platform = process ? `${process.platform} ${process.arch}` : "browser";
  if (platform !== "linux x64") {
    throw new Error(
      `Cannot load the software Vulkan driver on platform "${platform}": ` +
        'it needs Deno or Node on "linux x64"',
    );
  }
}

/** Loads a library for good, where a search for its bare file name finds it. */
function keepLibrary(path: string): void {
  if (typeof Deno !== "undefined") {
    Deno.dlopen(path, {});
    return;
  }
  // Node opens the library, sees that it is no add-on, closes it and throws.
  // RTLD_NODELETE, which Node has no name for, keeps the library nevertheless.
  const { RTLD_NOW } = nodeBuiltin("node:os").constants.dlopen;
  const RTLD_NODELETE = 0x1000;
  try {
    const flags = RTLD_NOW | RTLD_NODELETE;
    nodeBuiltin("node:process").dlopen({ exports: {} }, path, flags);
  } catch (error) {
    const isKept = String(error).includes("did not self-register");
    if (!isKept) throw error;
  }
}

function announceDriver(manifest: string): void {
  const { env } = nodeBuiltin("node:process");
  // Vulkan reads no more than one of the three, in this order.
  const name =
    ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].find((name) => env[name]) ??
      "VK_ADD_DRIVER_FILES";
  const manifests = env[name]?.split(":") ?? [];
  if (!manifests.includes(manifest)) {
    env[name] = [...manifests, manifest].join(":");
  }
  // Deno would open OpenGL drivers too, of which Mesa's corrupts memory when
  // threads that used it end, as test modules and workers do.
  if (typeof Deno !== "undefined") env.DENO_WEBGPU_BACKEND ??= "vulkan";
}
