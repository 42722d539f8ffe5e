import { createTar, parseTarGzip } from "nanotar";
import { gzipSync } from "node:zlib";

/** What a tarball holds: contents by their paths inside the package. */
export type Files = Map<string, Uint8Array>;

/** Every tarball of npm has one folder with this name. */
const FOLDER = "package/";

/** Reads a tarball of npm. */
export async function readTarball(path: string): Promise<Files> {
  const items = await parseTarGzip(await Deno.readFile(path));
  return new Map(items.map(({ name, data }) => [
    name.slice(FOLDER.length),
    data ?? new Uint8Array(),
  ]));
}

/** Writes a tarball of npm, the same bytes for the same files. */
export async function writeTarball(path: string, files: Files): Promise<void> {
  const items = [...files].map(([name, data]) => ({
    name: FOLDER + name,
    // What has no data is taken for a folder: modules of types are empty.
    data: data.length === 0 ? "export {};\n" : data,
  }));
  const tar = createTar(items, { attrs: { mode: "644", mtime: 0 } });
  // Two empty blocks end an archive; what made it writes one.
  const ended = new Uint8Array(tar.length + 1024);
  ended.set(tar);
  await Deno.writeFile(path, gzipSync(ended));
}

/** The text of a file of a tarball; undefined where it has none. */
export function textOf(files: Files, name: string): string | undefined {
  const data = files.get(name);
  return data && new TextDecoder().decode(data);
}

/** Puts a text into the files of a tarball. */
export function setText(files: Files, name: string, text: string): void {
  files.set(name, new TextEncoder().encode(text));
}
