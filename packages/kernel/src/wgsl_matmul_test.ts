import { assertEquals } from "@std/assert";
import { assertSnapshot } from "./test_snapshot.ts";
import { matmulModules } from "./wgsl_matmul.ts";

Deno.test("matmulModules() gives readable text", () => {
  const { byTile, byElement, addParts } = matmulModules();
  const text = [byTile, byElement, addParts]
    .map(({ source }) => source).join("\n");
  assertSnapshot(import.meta.dirname, "products_of_matrices.wgsl", text);
});

Deno.test("matmulModules() reads both operands and writes the result", () => {
  const { byTile, byElement, addParts } = matmulModules();
  const uses = [byTile, byElement, addParts].map(({ bindings }) =>
    bindings.map(({ name, use }) => `${use} ${name}`)
  );
  assertEquals(uses, [
    ["call call", "read a", "read b", "write to"],
    ["call call", "read a", "read b", "write to"],
    ["call call", "read parts", "write to"],
  ]);
});
