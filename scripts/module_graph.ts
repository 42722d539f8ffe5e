/**
 * Which module imports which, from `deno info --json`.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { deno } from "./deno.ts";
import { findModules, ROOT } from "./workspace.ts";

/**
 * How a module is imported: `value` when it is loaded before the importer
 * runs, `lazy` by `import()`, `type` for types only, which loads nothing.
 */
export type ImportKind = "value" | "lazy" | "type";

/** One import of one module. */
export interface Import {
  readonly kind: ImportKind;
  /** As the code says it, such as `./shape.ts` or `@rockpool/core`. */
  readonly specifier: string;
  /** The imported module's path below the root, if it is in the repository. */
  readonly target?: string;
  /** The line of the import, from 1. */
  readonly line: number;
}

/** The imports of each module; keys are paths below the root. */
export type ModuleGraph = ReadonlyMap<string, readonly Import[]>;

/** The parts used here of what `deno info --json` prints. */
interface Info {
  modules: { specifier: string; dependencies?: Dependency[]; error?: string }[];
}

interface Dependency {
  specifier: string;
  code?: Resolved;
  type?: Resolved;
  isDynamic?: boolean;
}

interface Resolved {
  specifier?: string;
  span: { start: { line: number } };
}

/** Reads the graph of every module of the repository. */
export async function readModuleGraph(): Promise<ModuleGraph> {
  // `deno info` takes one module only, so one that imports them all is made up.
  const root = pathToFileURL(ROOT).href;
  const all = findModules().map((path) => `import "${root}${path}";`).join("");
  const made = `data:application/typescript,${encodeURIComponent(all)}`;
  const { ok, stdout, stderr } = await deno(["info", "--json", made]);
  if (!ok) throw new Error(`Cannot read the module graph: ${stderr}`);
  return toModuleGraph(JSON.parse(stdout), root);
}

/** Takes the modules whose URL begins with `root` from `info`. */
export function toModuleGraph(info: Info, root: string): ModuleGraph {
  const graph = new Map<string, Import[]>();
  for (const { specifier, dependencies = [], error } of info.modules) {
    if (!specifier.startsWith(root)) continue;
    if (error !== undefined) throw new Error(error);
    const imports = dependencies.flatMap((it) => toImports(it, root));
    graph.set(specifier.slice(root.length), imports);
  }
  return graph;
}

/** One module may be imported twice, for its types and for its values. */
function toImports(dependency: Dependency, root: string): Import[] {
  const { specifier, code, type, isDynamic } = dependency;
  const toImport = (kind: ImportKind, at: Resolved): Import => ({
    kind,
    specifier,
    target: at.specifier?.startsWith(root)
      ? at.specifier.slice(root.length)
      : undefined,
    line: at.span.start.line + 1,
  });
  return [
    ...code ? [toImport(isDynamic ? "lazy" : "value", code)] : [],
    ...type ? [toImport("type", type)] : [],
  ];
}
