import { assertEquals } from "@std/assert";
import { assertSnapshot } from "./test_snapshot.ts";
import { eigenModule, eigenPlan } from "./wgsl_eigen.ts";
import { WORKGROUP_SIZE } from "./wgsl_module.ts";

Deno.test("eigenModule() gives readable text", () => {
  const { source } = eigenModule();
  assertSnapshot(import.meta.dirname, "eigenvalues.wgsl", source);
});

Deno.test("eigenPlan() has all invocations at work on pairs of vectors", () => {
  const parts = [1, 2, 3, 4, 5, 16, 17, 64, 65, 256].map((n) =>
    eigenPlan(n, n).parts
  );
  assertEquals(parts, [64, 64, 32, 32, 16, 8, 4, 2, 1, 1]);
  assertEquals(WORKGROUP_SIZE, 64);
});

Deno.test("eigenPlan() has memory for the factor of a wide matrix", () => {
  assertEquals(eigenPlan(7, 3).work, 21);
  assertEquals(eigenPlan(3, 7).work, 21 + 9);
});
