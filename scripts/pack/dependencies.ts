import type { ModuleGraph } from "../module_graph.ts";
import type { Package } from "../workspace.ts";

/**
 * The packages that each package imports, of the workspace and of npm, sorted.
 *
 * What counts are modules that its entry points reach, so that tests and
 * benches do not.
 */
export function findDependencies(
  graph: ModuleGraph,
  packages: readonly Package[],
): Map<string, string[]> {
  return new Map(packages.map((it) => [it.name, importsOf(graph, it)]));
}

function importsOf(
  graph: ModuleGraph,
  { name, entryPoints }: Package,
): string[] {
  const found = new Set<string>();
  const modules = new Set(entryPoints);
  // A set is iterated over what is added meanwhile, too.
  for (const module of modules) {
    for (const { specifier, target } of graph.get(module) ?? []) {
      if (specifier.startsWith("node:")) continue;
      if (!specifier.startsWith(".")) found.add(packageOf(specifier));
      else if (target) modules.add(target);
    }
  }
  found.delete(name);
  return [...found].sort();
}

/** The package of a specifier: `@a/b` of `@a/b/c`, `d` of `d/e`. */
function packageOf(specifier: string): string {
  const parts = specifier.split("/", specifier.startsWith("@") ? 2 : 1);
  return parts.join("/");
}

/**
 * Packages in an order in which each comes after those that it imports.
 *
 * @throws {Error} where packages import each other in a circle
 */
export function inDependencyOrder<Named extends { readonly name: string }>(
  packages: readonly Named[],
  dependencies: ReadonlyMap<string, readonly string[]>,
): Named[] {
  const ordered: Named[] = [];
  let left = packages;
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ name }) =>
      !dependencies.get(name)?.some((it) => waiting.has(it))
    );
    if (ready.length === 0) {
      throw new Error(
        `Cannot order packages that import each other: ${
          [...waiting].join(", ")
        }`,
      );
    }
    ordered.push(...ready);
    left = left.filter((it) => !ready.includes(it));
  }
  return ordered;
}
