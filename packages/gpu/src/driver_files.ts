import { parseTar } from "nanotar";
import { importAtRuntime } from "./import_at_runtime.ts";
import { nodeBuiltin } from "./node_builtin.ts";

const driverPackage = "@sparticuz/chromium";

/** What Vulkan needs of the archive, which also holds OpenGL. */
const driverFiles = [
  "libvulkan.so.1",
  "libvk_swiftshader.so",
  "vk_swiftshader_icd.json",
];

/**
 * Unpacks the software Vulkan driver of npm's `@sparticuz/chromium` into a
 * folder of a cache, unless it is there already, and gives the folder.
 *
 * @throws {Error} where the package is not installed.
 */
export async function unpackDriverFiles(
  cache: string = userCache(),
): Promise<string> {
  const archive = nodeBuiltin("node:fs").readFileSync(await findArchive());
  const digest = nodeBuiltin("node:crypto").createHash("sha256")
    .update(archive).digest("hex");
  const name = `swiftshader-${digest.slice(0, 16)}`;
  const folder = nodeBuiltin("node:path").join(cache, "rockpool", name);
  if (!nodeBuiltin("node:fs").existsSync(folder)) unpack(archive, folder);
  return folder;
}

/** The user's own, since whoever can write there runs code here. */
function userCache(): string {
  return nodeBuiltin("node:process").env.XDG_CACHE_HOME ||
    nodeBuiltin("node:path").join(nodeBuiltin("node:os").homedir(), ".cache");
}

async function findArchive(): Promise<string> {
  try {
    // Deno downloads an npm package when it is imported. The import is good for
    // nothing else: the package's own code would unpack all of Chromium.
    await importAtRuntime(driverPackage);
    // A module that was not loaded from a file has no name to resolve from.
    const referrer = import.meta.filename ??
      nodeBuiltin("node:path").resolve("_");
    const { createRequire } = nodeBuiltin("node:module");
    const entry = createRequire(referrer).resolve(driverPackage);
    return findAbove(entry, "bin/swiftshader.tar.br");
  } catch (cause) {
    throw new Error(
      "Cannot find the software Vulkan driver: install it with " +
        `"deno add npm:${driverPackage}" or "npm install ${driverPackage}"`,
      { cause },
    );
  }
}

function findAbove(path: string, name: string): string {
  const { dirname, join } = nodeBuiltin("node:path");
  const folder = dirname(path);
  if (folder === path) throw new Error(`No folder above has ${name}`);
  const found = join(folder, name);
  return nodeBuiltin("node:fs").existsSync(found)
    ? found
    : findAbove(folder, name);
}

function unpack(archive: Uint8Array, folder: string): void {
  const fs = nodeBuiltin("node:fs");
  const { dirname, join } = nodeBuiltin("node:path");
  const entries = parseTar(
    nodeBuiltin("node:zlib").brotliDecompressSync(archive),
  );
  fs.mkdirSync(dirname(folder), { recursive: true });
  // Renamed when it is complete: another process may be looking for the folder.
  const draft = fs.mkdtempSync(`${folder}-`);
  try {
    for (const name of driverFiles) {
      const data = entries.find((entry) => entry.name === name)?.data;
      if (data === undefined) {
        throw new Error(
          "Cannot unpack the software Vulkan driver: " +
            `the archive in ${driverPackage} has no ${name}`,
        );
      }
      fs.writeFileSync(join(draft, name), data);
    }
    fs.renameSync(draft, folder);
  } catch (error) {
    fs.rmSync(draft, { recursive: true });
    // Where another process was faster, its folder is as good.
    if (!fs.existsSync(folder)) throw error;
  }
}
