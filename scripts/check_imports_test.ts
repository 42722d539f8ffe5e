import { assertEquals } from "@std/assert";
import { findBadImports } from "./check_imports.ts";
import type { Import, ImportKind } from "./module_graph.ts";
import type { Package } from "./workspace.ts";

const PACKAGES = [
  "packages/core",
  "packages/kernel",
  "packages/cpu",
  "packages/cli",
  "packages/conformance",
  "packages/onnx",
  "plugins/generic/max",
  "plugins/generic/soft",
].map(toPackage);

Deno.test("the core may import nothing but its own modules", () => {
  assertEquals(judge("packages/core/mod.ts", "./src/shape.ts"), []);
  assertEquals(judge("packages/core/mod.ts", "watr"), [
    "packages/core/mod.ts:7: @rockpool/core may not import watr",
  ]);
  assertEquals(judge("packages/core/src/a.ts", "node:fs"), [
    "packages/core/src/a.ts:7: @rockpool/core may not import node:fs",
  ]);
});

Deno.test("a backend may import the kernel, its libraries and no plugin", () => {
  const module = "packages/cpu/src/memory.ts";

  assertEquals(judge(module, "@rockpool/kernel"), []);
  assertEquals(judge(module, "@rockpool/kernel/wat"), []);
  assertEquals(judge("packages/cpu/src/assemble_test.ts", "watr"), []);
  assertEquals(judge(module, "node:os"), []);
  assertEquals(judge(module, "@rockpool/max", "type"), [
    `${module}:7: @rockpool/cpu may not import @rockpool/max`,
  ]);
});

Deno.test("an adapter may import its operators, and in tests what it adapts", () => {
  const module = "packages/onnx/src/plan.ts";

  assertEquals(judge(module, "@rockpool/max"), []);
  assertEquals(judge(module, "@rockpool/soft"), [
    `${module}:7: @rockpool/onnx may not import @rockpool/soft`,
  ]);
  assertEquals(judge(module, "onnxruntime-node"), [
    `${module}:7: @rockpool/onnx may not import onnxruntime-node`,
  ]);
  for (const test of ["a_test.ts", "test_a.ts"]) {
    assertEquals(judge(`packages/onnx/src/${test}`, "onnxruntime-node"), []);
  }
});

Deno.test("a plugin may import neither a backend nor another plugin", () => {
  const module = "plugins/generic/max/mod.ts";

  assertEquals(judge(module, "@rockpool/core"), []);
  assertEquals(judge(module, "@rockpool/cpu", "lazy"), [
    `${module}:7: @rockpool/max may not import @rockpool/cpu`,
  ]);
  assertEquals(judge(module, "@rockpool/soft", "type"), [
    `${module}:7: @rockpool/max may not import @rockpool/soft`,
  ]);
});

Deno.test("only tests and benches of a plugin may import the conformance kit", () => {
  const kit = "@rockpool/conformance";

  assertEquals(judge("plugins/generic/max/mod_test.ts", kit), []);
  assertEquals(judge("plugins/generic/max/mod_bench.ts", kit), []);
  assertEquals(judge("plugins/generic/max/mod.ts", kit), [
    `plugins/generic/max/mod.ts:7: @rockpool/max may not import ${kit}`,
  ]);
});

Deno.test("the registry may import plugins only as types and lazily", () => {
  assertEquals(judge("registry.ts", "@rockpool/max", "type"), []);
  assertEquals(judge("registry.ts", "@rockpool/max", "lazy"), []);
  assertEquals(judge("registry.ts", "@rockpool/max", "value"), [
    "registry.ts:7: registry.ts may import @rockpool/max only by import type " +
    "and import()",
  ]);
  assertEquals(judge("registry.ts", "@rockpool/cli", "lazy"), [
    "registry.ts:7: registry.ts may not import @rockpool/cli",
  ]);
});

Deno.test("the command line may import any package, but no file inside one", () => {
  const module = "packages/cli/src/run.ts";

  assertEquals(judge(module, "@rockpool/rockpool"), []);
  assertEquals(judge(module, "@rockpool/soft"), []);
  const inner = "packages/core/src/shape.ts";
  assertEquals(
    judge(module, "../../core/src/shape.ts", "type", inner),
    [
      `${module}:7: packages/cli may not import ${inner} by its path: ` +
      "import a package by its name",
    ],
  );
});

Deno.test("scripts may import each other, but no file of a package", () => {
  assertEquals(judge("scripts/a.ts", "./b.ts", "value", "scripts/b.ts"), []);
  assertEquals(judge("scripts/a.ts", "../registry.ts", "lazy", "registry.ts"), [
    "scripts/a.ts:7: scripts may not import registry.ts by its path: import " +
    "a package by its name",
  ]);
});

function judge(
  module: string,
  specifier: string,
  kind: ImportKind = "value",
  target = module,
): string[] {
  const found: Import = { kind, specifier, target, line: 7 };
  return findBadImports(new Map([[module, [found]]]), PACKAGES);
}

function toPackage(folder: string): Package {
  const name = `@rockpool/${folder.split("/").at(-1)}`;
  return {
    name,
    folder,
    entryPoints: [`${folder}/mod.ts`],
    specifiers: [name],
    version: "0.1.0",
    npm: {},
  };
}
