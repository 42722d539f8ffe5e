/**
 * Finds modules that import each other in a circle.
 *
 * Type-only imports and lazy ones, by `import()`, do not count: they ask for
 * no order of loading.
 *
 * @module
 */
import type { ModuleGraph } from "./module_graph.ts";

/** Circles as paths whose last module is the first one; empty if none. */
export function findCycles(graph: ModuleGraph): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  function visit(module: string): void {
    const start = trail.indexOf(module);
    if (start >= 0) cycles.push([...trail.slice(start), module]);
    if (start >= 0 || done.has(module)) return;
    trail.push(module);
    for (const { kind, target } of graph.get(module) ?? []) {
      if (kind === "value" && target !== undefined) visit(target);
    }
    trail.pop();
    done.add(module);
  }

  for (const module of graph.keys()) visit(module);
  return cycles;
}
