/**
 * What JSR's score asks of a package and no other check finds. The compiler's
 * slow types are found by `deno publish --dry-run`, symbols without a docstring
 * by `deno doc --lint`.
 *
 * @module
 */
import type { Package } from "./workspace.ts";

/** Reads a file below the root; undefined where there is none. */
export type ReadText = (file: string) => string | undefined;

/** What each package lacks, as sentences. */
export function findScoreGaps(
  packages: readonly Package[],
  read: ReadText,
): string[] {
  return packages.flatMap((it) =>
    gapsOf(it, read).map((gap) => `${it.name} ${gap}`)
  );
}

function gapsOf({ folder, entryPoints }: Package, read: ReadText): string[] {
  const readme = read(`${folder}/README.md`);
  const config = JSON.parse(read(`${folder}/deno.json`) ?? "{}");
  const gaps: string[] = [];
  if (readme === undefined) gaps.push("has no README.md");
  else if (!/^```ts$/m.test(readme)) {
    gaps.push("has no example in TypeScript in its README.md");
  }
  if (config.license === undefined) gaps.push("has no license in deno.json");
  for (const file of entryPoints) {
    if (!hasModuleDoc(read(file) ?? "")) {
      gaps.push(`has no docstring with @module at the top of ${file}`);
    }
  }
  return gaps;
}

function hasModuleDoc(text: string): boolean {
  return /^(#!.*\n)?\/\*\*(?:(?!\*\/)[^])*@module/.test(text);
}
