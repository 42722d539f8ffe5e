import { build } from "esbuild";
import { ROOT } from "../workspace.ts";

/** The stand-in for `@std/assert`, which is not on npm. */
export const ASSERT: string = `${ROOT}scripts/std_assert/mod.ts`;

/**
 * The first TypeScript below the heading "Example" of a README.
 *
 * @throws {Error} where there is none
 */
export function readExample(readme: string): string {
  const example = /^## Example\n[^]*?^```ts\n([^]*?)^```/m.exec(readme)?.[1];
  if (example !== undefined) return example;
  throw new Error("Cannot run the example of a README: it has none");
}

/** TypeScript as the oldest Node takes it, with the assertions in it. */
export async function toNode(typescript: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: typescript, loader: "ts", resolveDir: ROOT },
    alias: { "@std/assert": ASSERT },
    external: ["@rockpool/*"],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    write: false,
  });
  return outputFiles[0].text;
}

/** JavaScript and the packages that it imports from a folder, for browsers. */
export async function toBrowser(
  javascript: string,
  folder: string,
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: javascript, loader: "ts", resolveDir: folder },
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    write: false,
  });
  return outputFiles[0].text;
}
