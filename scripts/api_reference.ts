/**
 * `deno task api [FOLDER]`: writes the reference of all packages as HTML, by
 * default to `dist/api`, from docstrings.
 *
 * @module
 */
import { globSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { mustRun } from "./command.ts";
import { readPackages, ROOT } from "./workspace.ts";

/** A module that others may import. */
interface EntryPoint {
  readonly specifier: string;
  readonly path: string;
  /** The first sentence of its docstring. */
  readonly summary: string;
}

/**
 * Writes the reference into a folder, in the place of what is there: a page for
 * each module and symbol, all with links to each other, and `index.html`, which
 * lists the modules.
 *
 * @throws {Error} with what Deno says where it fails
 */
export async function writeReference(folder: string): Promise<void> {
  const entryPoints = readEntryPoints();
  const temporary = await Deno.makeTempDir();
  try {
    const index = join(temporary, "index.ts");
    await Deno.writeTextFile(index, indexModule(entryPoints));
    const config = JSON.stringify(configOf(entryPoints, temporary));
    await Deno.writeTextFile(join(temporary, "deno.json"), config);

    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.mkdir(folder, { recursive: true });
    // Deno takes the names of modules from the configuration where it starts.
    await mustRun(Deno.execPath(), [
      "doc",
      "--html",
      "--quiet",
      "--name=Rockpool",
      `--output=${resolve(folder)}`,
      index,
      ...entryPoints.map(({ path }) => path),
    ], { cwd: temporary });
    correctNames(folder);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

function readEntryPoints(): EntryPoint[] {
  return readPackages().flatMap(({ specifiers, entryPoints }) =>
    specifiers.map((specifier, at) => {
      const path = join(ROOT, entryPoints[at]);
      return { specifier, path, summary: summaryOf(path) };
    })
  );
}

function summaryOf(path: string): string {
  const [, docstring = ""] = /^(?:#!.*?\n)?\/\*\*(.*?)\*\//s.exec(
    Deno.readTextFileSync(path),
  ) ?? [];
  const text = docstring.replaceAll(/^ *\* ?/gm, "").trim();
  return text.split(/\n\n|(?<=\.)\s/)[0].replaceAll("\n", " ");
}

/**
 * The front page: without it, that of the first module would be, and nothing
 * would lead to the others.
 */
function indexModule(entryPoints: readonly EntryPoint[]): string {
  const lines = entryPoints.map(({ specifier, summary }) =>
    ` * - [\`${specifier}\`](${specifier.slice(1)}/index.html): ${summary}`
  );
  return ["/**", ...lines, " *", " * @module", " */", "export {};", ""]
    .join("\n");
}

/**
 * A configuration in which all modules belong to one package, with exports of
 * their own names: pages have links to each other then, and say how a module is
 * imported.
 */
function configOf(
  entryPoints: readonly EntryPoint[],
  folder: string,
): Record<string, unknown> {
  const { imports } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  );
  const urls = entryPoints.map(({ specifier, path }) => [
    specifier,
    pathToFileURL(path).href,
  ]);
  const exports = entryPoints.map(({ specifier, path }) => [
    `./${specifier.slice(1)}`,
    `./${relative(folder, path)}`,
  ]);
  return {
    imports: { ...imports, ...Object.fromEntries(urls) },
    exports: { ".": "./index.ts", ...Object.fromEntries(exports) },
  };
}

/** Pages import from "rockpool/soft": names of exports have no "@". */
function correctNames(folder: string): void {
  for (const page of globSync("**/*.html", { cwd: folder })) {
    const path = join(folder, page);
    const text = Deno.readTextFileSync(path);
    const corrected = text.replaceAll("&quot;rockpool/", "&quot;@rockpool/");
    if (corrected !== text) Deno.writeTextFileSync(path, corrected);
  }
}

if (import.meta.main) {
  const [folder = join(ROOT, "dist/api")] = Deno.args;
  await writeReference(folder);
  console.log(`Look at ${join(folder, "index.html")}`);
}
