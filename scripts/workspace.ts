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
  /** Its folder below the root, such as `packages/core`; `.` for the root. */
  readonly folder: string;
  /** What others may import: paths below the root. */
  readonly entryPoints: readonly string[];
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

/** Finds every TypeScript module: paths below the root, sorted. */
export function findModules(root: string = ROOT): string[] {
  return globSync("**/*.ts", { cwd: root, exclude: ["**/node_modules"] })
    .sort();
}

interface Config {
  name: string;
  exports: string | Record<string, string>;
  workspace?: string[];
}

function readPackage(root: string, folder: string): Package {
  const { name, exports } = readConfig(root, folder);
  const files = typeof exports === "string"
    ? [exports]
    : Object.values(exports);
  const prefix = folder === "." ? "" : `${folder}/`;
  const entryPoints = files.map((file) => prefix + file.replace("./", ""));
  return { name, folder, entryPoints };
}

function readConfig(root: string, folder: string): Config {
  return JSON.parse(Deno.readTextFileSync(`${root}/${folder}/deno.json`));
}
