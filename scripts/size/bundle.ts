import * as esbuild from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../workspace.ts";

/** A program as a browser is given it. */
export interface Bundle {
  /** Its text, minified. */
  readonly code: string;
  /** The modules in it, the largest first. */
  readonly parts: readonly BundlePart[];
}

/** What one module takes of a bundle. */
export interface BundlePart {
  /** Its path below the root, or below the folder of npm packages. */
  readonly module: string;
  /** Bytes before compression. */
  readonly bytes: number;
}

/**
 * Bundles a module, given by its text, for browsers: minified, one file.
 *
 * Packages are taken from the workspace, without side effects, as those on npm
 * say of themselves.
 *
 * @throws {Error} where it does not bundle
 */
export async function bundleForBrowser(entry: string): Promise<Bundle> {
  const { metafile, outputFiles } = await esbuild.build({
    stdin: { contents: entry, loader: "ts", resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    metafile: true,
    logLevel: "silent",
    plugins: [likeDeno],
  });
  const [output] = Object.values(metafile.outputs);
  const parts = Object.entries(output.inputs)
    .map(([path, { bytesInOutput }]) => ({
      module: path.replace(/^.*\/npm\/[^/]+\//, "npm:"),
      bytes: bytesInOutput,
    }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  return { code: outputFiles[0].text, parts };
}

/** Finds what modules import as Deno does, in the workspace and on npm. */
const likeDeno: esbuild.Plugin = {
  name: "like-deno",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }));
    onResolve({ filter: /^[^./]/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
      sideEffects: false,
    }));
  },
};
