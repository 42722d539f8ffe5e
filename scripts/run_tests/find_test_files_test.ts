import { assert, assertEquals, assertThrows } from "@std/assert";
import { ROOT } from "../workspace.ts";
import { findTestFiles } from "./find_test_files.ts";

function folderWith(files: readonly string[]): string {
  const folder = Deno.makeTempDirSync();
  for (const file of files) {
    const path = `${folder}/${file}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, "");
  }
  return folder;
}

Deno.test("findTestFiles() finds what deno test does, in order", () => {
  const folder = folderWith([
    "b/mod_test.ts",
    "b/mod.ts",
    "b/src/test.js",
    "a.test.mts",
    "latest.ts",
    "node_modules/other/mod_test.ts",
    "b/node_modules/other/mod_test.ts",
  ]);
  try {
    const all = ["a.test.mts", "b/mod_test.ts", "b/src/test.js"];
    assertEquals(findTestFiles(["."], folder), all);
    assertEquals(findTestFiles(["b/src/", "a.test.mts"], folder), [
      "a.test.mts",
      "b/src/test.js",
    ]);
    assertEquals(findTestFiles(["b", "b/mod_test.ts"], folder), all.slice(1));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("findTestFiles() finds this test in the repository", () => {
  const files = findTestFiles(["."], ROOT);
  assert(files.includes("scripts/run_tests/find_test_files_test.ts"));
});

Deno.test("findTestFiles() refuses what is not there", () => {
  assertThrows(
    () => findTestFiles(["no such folder"], ROOT),
    RangeError,
    "Cannot test no such folder: a file or folder is needed",
  );
});
