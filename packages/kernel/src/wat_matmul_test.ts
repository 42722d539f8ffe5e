import { assert } from "@std/assert";
import compile from "watr/compile";
import { assertSnapshot } from "./test_snapshot.ts";
import { emitWatMatmul } from "./wat_matmul.ts";

Deno.test("emitWatMatmul() is as it was", () => {
  const { text } = emitWatMatmul();
  assertSnapshot(import.meta.dirname, "products_of_matrices.wat", text);
  assert(WebAssembly.validate(compile(text)));
});

Deno.test("emitWatMatmul() declares memory as it is shared or not", () => {
  const { text } = emitWatMatmul({ shared: false });
  assert(WebAssembly.validate(compile(text)));
  assert(!text.includes(" shared"));
});
