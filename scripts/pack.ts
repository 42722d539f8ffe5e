/**
 * `deno task pack`: packs every package for npm, in `dist/npm`, and prints the
 * paths of the tarballs, each after those that it depends on.
 *
 * @module
 */
import { stop } from "esbuild";
import { inParallel } from "./in_parallel.ts";
import { readModuleGraph } from "./module_graph.ts";
import { findDependencies, inDependencyOrder } from "./pack/dependencies.ts";
import { packPackage } from "./pack/pack_package.ts";
import type { Tarball } from "./release/npm_publisher.ts";
import { readPackages, ROOT } from "./workspace.ts";

/** Where tarballs are written to. */
const FOLDER = `${ROOT}dist/npm`;

/** Packs every package; gives them in the order of their dependencies. */
export async function packAll(folder: string = FOLDER): Promise<Tarball[]> {
  const packages = readPackages();
  const dependencies = findDependencies(await readModuleGraph(), packages);
  await Deno.mkdir(folder, { recursive: true });
  const ordered = inDependencyOrder(packages, dependencies);
  const packing = { folder, packages, dependencies };
  try {
    // In parallel, since each checks types anew.
    return await inParallel(ordered, async (it) => {
      const { name, version } = it;
      return { name, version, path: await packPackage(it, packing) };
    });
  } finally {
    await stop();
  }
}

if (import.meta.main) {
  for (const { path } of await packAll()) console.log(path);
}
