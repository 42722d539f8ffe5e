/**
 * New plugins: a package that passes every check as it is, with places to fill
 * in.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FileTexts } from "./plugin_template.ts";

export * from "./plugin_names.ts";
export {
  type FileTexts,
  PLUGIN_IMPORTS,
  type PluginChoice,
  pluginFiles,
} from "./plugin_template.ts";

/**
 * Writes files to a folder that is not there yet.
 *
 * @throws {RangeError} if there is something of that name; nothing is written
 */
export async function writeNewFolder(
  folder: string,
  files: FileTexts,
): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "EEXIST") throw error;
    throw new RangeError(
      `Cannot make ${folder}: it is there already, another name or folder is needed`,
    );
  }
  for (const [path, text] of Object.entries(files)) {
    await writeFile(join(folder, path), text);
  }
}
