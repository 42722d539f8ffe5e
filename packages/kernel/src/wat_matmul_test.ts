import { assert, assertEquals } from "@std/assert";
import compile from "watr/compile";
import { assertSnapshot } from "./test_snapshot.ts";
import { emitWatMatmul } from "./wat_matmul.ts";

Deno.test("emitWatMatmul() is as it was", () => {
  const { text } = emitWatMatmul();
  assertSnapshot(import.meta.dirname, "products_of_matrices.wat", text);
  assert(WebAssembly.validate(compile(text)));
});

Deno.test("emitWatMatmul() needs no atomics where memory is not shared", () => {
  const { text, fields } = emitWatMatmul({ shared: false });
  assert(WebAssembly.validate(compile(text)));
  assert(!text.includes("atomic") && !text.includes(" shared"));
  assertEquals(fields.includes("turns"), false);
});
