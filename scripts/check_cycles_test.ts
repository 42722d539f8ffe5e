import { assertEquals } from "@std/assert";
import { findCycles } from "./check_cycles.ts";
import type { ImportKind, ModuleGraph } from "./module_graph.ts";

Deno.test("findCycles() finds none where modules only share a module", () => {
  const graph = graphOf(["a b", "a c", "b d", "c d"]);

  assertEquals(findCycles(graph), []);
});

Deno.test("findCycles() gives a circle as a path back to its start", () => {
  const graph = graphOf(["a b", "b c", "c d", "d b"]);

  assertEquals(findCycles(graph), [["b", "c", "d", "b"]]);
});

Deno.test("findCycles() finds a module that imports itself", () => {
  assertEquals(findCycles(graphOf(["a a"])), [["a", "a"]]);
});

Deno.test("findCycles() finds each of several circles", () => {
  const graph = graphOf(["a b", "b a", "c d", "d c"]);

  assertEquals(findCycles(graph), [["a", "b", "a"], ["c", "d", "c"]]);
});

Deno.test("findCycles() counts neither types nor lazy imports", () => {
  const graph = graphOf(["a b", "b a type", "b c", "c b lazy"]);

  assertEquals(findCycles(graph), []);
});

/** A graph from edges such as "a b type": a imports b's types. */
function graphOf(edges: string[]): ModuleGraph {
  return Map.groupBy(
    edges.map((edge) => {
      const [from, target, kind = "value"] = edge.split(" ");
      return {
        from,
        kind: kind as ImportKind,
        specifier: `./${target}`,
        target,
        line: 1,
      };
    }),
    ({ from }) => from,
  );
}
