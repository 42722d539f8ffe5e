import { assertEquals } from "@std/assert";
import { findModules, readPackages } from "./workspace.ts";

Deno.test("readPackages() finds the root and the members with a deno.json", () => {
  using root = folderWith({
    "deno.json": `{
      "name": "@a/root", "exports": "./all.ts",
      "workspace": ["./packages/*", "./plugins/*/*"]
    }`,
    "packages/one/deno.json": `{ "name": "@a/one", "exports": "./mod.ts" }`,
    "packages/none/mod.ts": "",
    "plugins/kind/two/deno.json": `{
      "name": "@a/two", "exports": { ".": "./mod.ts", "./more": "./more.ts" }
    }`,
  });

  assertEquals(readPackages(root.path), [
    {
      name: "@a/root",
      folder: ".",
      entryPoints: ["all.ts"],
      specifiers: ["@a/root"],
    },
    {
      name: "@a/one",
      folder: "packages/one",
      entryPoints: ["packages/one/mod.ts"],
      specifiers: ["@a/one"],
    },
    {
      name: "@a/two",
      folder: "plugins/kind/two",
      entryPoints: ["plugins/kind/two/mod.ts", "plugins/kind/two/more.ts"],
      specifiers: ["@a/two", "@a/two/more"],
    },
  ]);
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
