/**
 * The packages and modules of this repository.
 *
 * @module
 */
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One package. */
export interface Package {
  /** Its name, such as `@rockpool/core`. */
  readonly name: string;
  /** Its version, such as `0.1.0`. */
  readonly version: string;
  /** Its folder below the root, such as `packages/core`; `.` for the root. */
  readonly folder: string;
  /** What others may import: paths below the root. */
  readonly entryPoints: readonly string[];
  /** Under which names: that of the package, or one below it. */
  readonly specifiers: readonly string[];
  /** What its `package.json` has besides what Deno writes. */
  readonly npm: Readonly<Record<string, unknown>>;
}

/** The root folder of this repository. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** Reads the root package and every workspace member from `deno.json` files. */
export function readPackages(root: string = ROOT): Package[] {
  const { workspace = [] } = readConfig(root, ".");
  const configs = workspace.map((pattern) => `${pattern}/deno.json`);
  const folders = globSync(configs, { cwd: root })
    .map((path) => path.slice(0, -"/deno.json".length));
  return [".", ...folders.sort()].map((folder) => readPackage(root, folder));
}

/** The range of versions of each import that names a package, by its name. */
export function readRanges(root: string = ROOT): Record<string, string> {
  const { imports = {} } = readConfig(root, ".");
  return Object.fromEntries(
    Object.entries(imports).flatMap(([name, specifier]) => {
      const range = /^(?:jsr|npm):@?[^@]+@(.+)$/.exec(specifier)?.[1];
      return range === undefined ? [] : [[name, range]];
    }),
  );
}

/** Finds every TypeScript module: paths below the root, sorted. */
export function findModules(root: string = ROOT): string[] {
  return globSync("**/*.ts", { cwd: root, exclude: ["**/node_modules"] })
    .sort();
}

interface Config {
  name: string;
  version: string;
  exports: string | Record<string, string>;
  workspace?: string[];
  imports?: Record<string, string>;
  npm?: Record<string, unknown>;
}

function readPackage(root: string, folder: string): Package {
  const { name, version, exports, npm = {} } = readConfig(root, folder);
  const files = typeof exports === "string" ? { ".": exports } : exports;
  const prefix = folder === "." ? "" : `${folder}/`;
  return {
    name,
    version,
    folder,
    entryPoints: Object.values(files).map((file) =>
      prefix + file.replace("./", "")
    ),
    specifiers: Object.keys(files).map((path) => name + path.slice(1)),
    npm,
  };
}

function readConfig(root: string, folder: string): Config {
  return JSON.parse(Deno.readTextFileSync(`${root}/${folder}/deno.json`));
}
