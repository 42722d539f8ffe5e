import { assert, assertEquals, assertThrows } from "@std/assert";
import { readModuleGraph, toModuleGraph } from "./module_graph.ts";

const ROOT = "file:///root/";

Deno.test("readModuleGraph() reads this repository", async () => {
  const graph = await readModuleGraph();

  const imports = graph.get("scripts/module_graph_test.ts");
  assertEquals(
    imports?.map(({ kind, specifier, target, line }) => {
      return `${line}: ${kind} ${specifier} = ${target}`;
    }),
    [
      "1: value @std/assert = scripts/std_assert/mod.ts",
      "2: value ./module_graph.ts = scripts/module_graph.ts",
    ],
  );
  assert(graph.has("scripts/ok.ts"));
});

Deno.test("toModuleGraph() tells values, lazy imports and types apart", () => {
  const at = (line: number) => ({ start: { line } });
  const info = {
    modules: [{
      specifier: ROOT + "a.ts",
      dependencies: [
        {
          specifier: "./b.ts",
          code: { specifier: ROOT + "b.ts", span: at(0) },
          type: { specifier: ROOT + "b.ts", span: at(4) },
        },
        {
          specifier: "npm-thing",
          code: { specifier: "npm:npm-thing@^1", span: at(1) },
          isDynamic: true,
        },
      ],
    }, { specifier: "npm:/npm-thing@1.0.0" }],
  };

  assertEquals(
    toModuleGraph(info, ROOT),
    new Map([["a.ts", [
      { kind: "value", specifier: "./b.ts", target: "b.ts", line: 1 },
      { kind: "type", specifier: "./b.ts", target: "b.ts", line: 5 },
      { kind: "lazy", specifier: "npm-thing", target: undefined, line: 2 },
    ]]]),
  );
});

Deno.test("toModuleGraph() refuses a module that does not exist", () => {
  const missing = { specifier: ROOT + "no.ts", error: "Module not found" };

  assertThrows(
    () => toModuleGraph({ modules: [missing] }, ROOT),
    Error,
    "Module not found",
  );
});
