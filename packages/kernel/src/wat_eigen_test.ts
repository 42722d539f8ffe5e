import { assert } from "@std/assert";
import compile from "watr/compile";
import { assertSnapshot } from "./test_snapshot.ts";
import { eigenScratch, emitWatEigen } from "./wat_eigen.ts";

Deno.test("emitWatEigen() is as it was", () => {
  const { text } = emitWatEigen();
  assertSnapshot(import.meta.dirname, "eigenvalues.wat", text);
  assert(WebAssembly.validate(compile(text)));
});

Deno.test("emitWatEigen() declares memory as it is shared or not", () => {
  const { text } = emitWatEigen({ shared: false });
  assert(WebAssembly.validate(compile(text)));
  assert(!text.includes(" shared"));
});

Deno.test("eigenScratch() needs memory for two copies, not for a long side", () => {
  const [square, wide, tall] = [[500, 500], [500, 1e6], [1e6, 500]]
    .map(([rows, columns]) => eigenScratch(rows, columns).bytes);
  assert(square < 8 * 500 * 500 * 3);
  assert(wide === square && tall === square);
});

Deno.test("eigenScratch() keeps rows apart by an odd number of cache lines", () => {
  for (let n = 1; n < 100; n++) {
    const { stride } = eigenScratch(n, n).fields;
    assert(stride >= 8 * n && stride % 128 === 64, `${n}: ${stride}`);
  }
});
