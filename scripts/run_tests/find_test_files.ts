import { globSync, statSync } from "node:fs";

/** The names by which `deno test` knows test files. */
const TEST_FILES = "**/{*_,*.,}test.{ts,tsx,mts,js,mjs,jsx}";

/**
 * The test files that paths below `root` name: files themselves, and all in
 * folders, sorted; each of them once.
 *
 * @throws {RangeError} where there is no such file or folder
 */
export function findTestFiles(
  paths: readonly string[],
  root: string,
): string[] {
  const files = paths.flatMap((path) => {
    const found = statSync(`${root}/${path}`, { throwIfNoEntry: false });
    if (found === undefined) {
      throw new RangeError(
        `Cannot test ${path}: a file or folder is needed, or a flag of deno ` +
          "test with its value after =, such as --filter=name",
      );
    }
    if (!found.isDirectory()) return [path];
    return globSync(TEST_FILES, {
      cwd: `${root}/${path}`,
      exclude: ["**/node_modules"],
    }).map((file) =>
      path === "." ? file : `${path.replace(/\/$/, "")}/${file}`
    );
  });
  return [...new Set(files)].sort();
}
