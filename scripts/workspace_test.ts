import { assertEquals } from "@std/assert";
import { findModules, readPackages, readRanges } from "./workspace.ts";

Deno.test("readPackages() finds the root and the members with a deno.json, readRanges() what they import", () => {
  using root = folderWith({
    "deno.json": `{
      "name": "@a/root", "version": "1.0.0", "exports": "./all.ts",
      "imports": { "@a/one": "jsr:@a/one@^2.0.0", "b": "npm:b@3", "c": "./c.ts" },
      "workspace": ["./packages/*", "./plugins/*/*"]
    }`,
    "packages/one/deno.json": `{
      "name": "@a/one", "version": "2.0.1", "exports": "./mod.ts",
      "npm": { "bin": "./bin.js" }
    }`,
    "packages/none/mod.ts": "",
    "plugins/kind/two/deno.json": `{
      "name": "@a/two", "version": "0.1.0",
      "exports": { ".": "./mod.ts", "./more": "./more.ts" }
    }`,
  });

  assertEquals(readPackages(root.path), [
    {
      name: "@a/root",
      version: "1.0.0",
      folder: ".",
      entryPoints: ["all.ts"],
      specifiers: ["@a/root"],
      npm: {},
    },
    {
      name: "@a/one",
      version: "2.0.1",
      folder: "packages/one",
      entryPoints: ["packages/one/mod.ts"],
      specifiers: ["@a/one"],
      npm: { bin: "./bin.js" },
    },
    {
      name: "@a/two",
      version: "0.1.0",
      folder: "plugins/kind/two",
      entryPoints: ["plugins/kind/two/mod.ts", "plugins/kind/two/more.ts"],
      specifiers: ["@a/two", "@a/two/more"],
      npm: {},
    },
  ]);
  assertEquals(readRanges(root.path), { "@a/one": "^2.0.0", "b": "3" });
});

Deno.test("findModules() leaves out node_modules and hidden folders", () => {
  using root = folderWith({
    "b.ts": "",
    "a/c.ts": "",
    "a/c.json": "",
    "a/node_modules/d/e.ts": "",
    ".hidden/f.ts": "",
  });

  assertEquals(findModules(root.path), ["a/c.ts", "b.ts"]);
});

function folderWith(files: Record<string, string>): Disposable & {
  path: string;
} {
  const path = Deno.makeTempDirSync();
  for (const [name, content] of Object.entries(files)) {
    const file = `${path}/${name}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(file, content);
  }
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
