import { assertEquals, assertThrows } from "@std/assert";
import type { Import, ModuleGraph } from "../module_graph.ts";
import { findDependencies, inDependencyOrder } from "./dependencies.ts";

const packages = ["b", "a"].map((name) => ({
  name: `@x/${name}`,
  version: "0.1.0",
  folder: name,
  entryPoints: [`${name}/mod.ts`],
  specifiers: [`@x/${name}`],
  npm: {},
}));

const imports = (specifiers: Record<string, string | undefined>): Import[] =>
  Object.entries(specifiers).map(([specifier, target]) => ({
    kind: "value",
    specifier,
    target,
    line: 1,
  }));

const graph: ModuleGraph = new Map([
  ["a/mod.ts", imports({ "node:fs": undefined })],
  ["b/mod.ts", imports({ "./c.ts": "b/c.ts", "@x/b": "b/mod.ts" })],
  ["b/c.ts", imports({ "@x/a/more": "a/more.ts", "d/e": undefined })],
  ["b/mod_test.ts", imports({ "f": undefined })],
]);

Deno.test("findDependencies() follows modules from entry points, not into tests", () => {
  assertEquals(
    findDependencies(graph, packages),
    new Map([["@x/b", ["@x/a", "d"]], ["@x/a", []]]),
  );
});

Deno.test("inDependencyOrder() puts a package behind those that it imports", () => {
  const ordered = inDependencyOrder(
    packages,
    findDependencies(graph, packages),
  );
  assertEquals(ordered.map(({ name }) => name), ["@x/a", "@x/b"]);
});

Deno.test("inDependencyOrder() refuses a circle", () => {
  const circle = new Map([["@x/a", ["@x/b"]], ["@x/b", ["@x/a"]]]);
  assertThrows(() => inDependencyOrder(packages, circle), Error, "each other");
});
