import { createTar, type ParsedTarFileItem, parseTarGzip } from "nanotar";
import { gzipSync } from "node:zlib";
import { deno } from "../deno.ts";
import { type Package, readRanges, ROOT } from "../workspace.ts";
import { completeManifest, describe, type Manifest } from "./manifest.ts";

/** What is packed, and where. */
export interface Packing {
  /** The folder that tarballs are written to. */
  readonly folder: string;
  /** Every package of the workspace. */
  readonly packages: readonly Package[];
  /** The packages that each imports. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/**
 * Packs a package for npm: what `deno pack` makes of it, and a complete
 * `package.json`. Gives the path of the tarball.
 *
 * @throws {Error} where it cannot be packed
 */
export async function packPackage(
  pkg: Package,
  { folder, packages, dependencies }: Packing,
): Promise<string> {
  const name = `${pkg.name.replace("@", "").replace("/", "-")}-${pkg.version}`;
  const path = `${folder}/${name}.tgz`;
  const packed = await deno([
    "pack",
    "--allow-dirty",
    "--no-source-maps",
    "--output",
    path,
  ], pkg.folder);
  if (!packed.ok) {
    throw new Error(`Cannot pack ${pkg.name}: ${packed.stderr}`);
  }
  const others = packages
    .filter(({ folder }) => folder !== pkg.folder)
    .map(({ folder }) => folderInside(folder, pkg));
  const files = (await parseTarGzip(await Deno.readFile(path)))
    // The root's modules come with those of all packages that they import.
    .filter(({ name }) => !others.some((other) => name.startsWith(other)));
  const text = (name: string) => textOf(files, name, pkg);
  const manifest = completeManifest(JSON.parse(text("package.json")), {
    dependencies: dependencies.get(pkg.name) ?? [],
    ranges: readRanges(),
    description: describe(text("README.md")),
    npm: pkg.npm,
  });
  await Deno.writeFile(path, await tarball(files, manifest));
  return path;
}

/** Where files of a package's folder would lie in the tarball of another. */
function folderInside(folder: string, pkg: Package): string {
  return pkg.folder === "." ? `package/${folder}/` : "package/../";
}

function textOf(
  files: readonly ParsedTarFileItem[],
  name: string,
  pkg: Package,
): string {
  const file = files.find((it) => it.name === `package/${name}`);
  if (file) return file.text;
  throw new Error(`Cannot pack ${pkg.name}: it has no ${name}`);
}

async function tarball(
  files: readonly ParsedTarFileItem[],
  manifest: Manifest,
): Promise<Uint8Array> {
  const replaced: Record<string, Uint8Array | string> = {
    "package/package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "package/LICENSE": await Deno.readTextFile(`${ROOT}/LICENSE`),
  };
  const kept = files
    .filter(({ name }) => !Object.hasOwn(replaced, name))
    // What has no data is taken for a folder: modules of types are empty.
    .map(({ name, size, data }) => ({
      name,
      data: size === 0 ? "export {};\n" : data,
    }));
  const made = Object.entries(replaced).map(([name, data]) => ({ name, data }));
  const tar = createTar([...made, ...kept], {
    attrs: { mode: "644", mtime: 0 },
  });
  // Two empty blocks end an archive; what made it writes one.
  const ended = new Uint8Array(tar.length + 1024);
  ended.set(tar);
  return gzipSync(ended);
}
