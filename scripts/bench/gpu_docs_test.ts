import { assertEquals, assertThrows } from "@std/assert";
import { replaceGpuSection } from "./gpu_docs.ts";
import { ROOT } from "../workspace.ts";

Deno.test("replaceGpuSection() replaces what stands between its marks", async () => {
  const document = await Deno.readTextFile(`${ROOT}docs/benchmarks.md`);
  const once = replaceGpuSection(document, "one table");
  assertEquals(once.includes("one table"), true);
  assertEquals(
    replaceGpuSection(once, "another"),
    replaceGpuSection(document, "another"),
  );
});

Deno.test("replaceGpuSection() needs its marks", () => {
  assertThrows(
    () => replaceGpuSection("no marks", "a table"),
    Error,
    "the document needs the marks",
  );
});
