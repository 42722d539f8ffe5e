import { deno } from "../deno.ts";
import { type Package, readRanges, ROOT } from "../workspace.ts";
import { lowerSyntax } from "./lower_syntax.ts";
import { completeManifest, describe } from "./manifest.ts";
import { readTarball, setText, textOf, writeTarball } from "./tarball.ts";

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
 * Packs a package for npm: what `deno pack` makes of it, a complete
 * `package.json` and the licence. Gives the path of the tarball.
 *
 * @throws {Error} where it cannot be packed
 */
export async function packPackage(
  pkg: Package,
  { folder, packages, dependencies }: Packing,
): Promise<string> {
  const name = `${pkg.name.replace("@", "").replace("/", "-")}-${pkg.version}`;
  const path = `${folder}/${name}.tgz`;
  const args = ["--allow-dirty", "--no-source-maps", "--output", path];
  const packed = await deno(["pack", ...args], pkg.folder);
  if (!packed.ok) {
    throw new Error(`Cannot pack ${pkg.name}: ${packed.stderr}`);
  }
  const files = await readTarball(path);
  if (pkg.folder === ".") {
    // The root's modules come with those of all packages that they import.
    const members = packages.filter(({ folder }) => folder !== ".");
    for (const name of files.keys()) {
      const isForeign = members.some((it) => name.startsWith(`${it.folder}/`));
      if (isForeign) files.delete(name);
    }
  }
  for (const name of files.keys()) {
    if (!name.endsWith(".js")) continue;
    setText(files, name, await lowerSyntax(textOf(files, name)!));
  }
  const readme = textOf(files, "README.md");
  const packageJson = textOf(files, "package.json");
  if (readme === undefined || packageJson === undefined) {
    throw new Error(`Cannot pack ${pkg.name}: it has no README.md`);
  }
  const manifest = completeManifest(JSON.parse(packageJson), {
    dependencies: dependencies.get(pkg.name) ?? [],
    ranges: readRanges(),
    description: describe(readme),
    npm: pkg.npm,
  });
  setText(files, "package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  files.set("LICENSE", await Deno.readFile(`${ROOT}/LICENSE`));
  await writeTarball(path, files);
  return path;
}
