import { assertEquals } from "@std/assert";
import { transposeRows } from "./transpose_rows.ts";

Deno.test("transposeRows() keeps entries in the order of their rows", () => {
  const { offsets, entries, weights } = transposeRows({
    offsets: Int32Array.of(0, 2, 2, 4),
    entries: Int32Array.of(2, 0, 2, 2),
    weights: Float32Array.of(1, 2, 3, 4),
  }, 4);
  assertEquals([...offsets], [0, 1, 1, 4, 4]);
  assertEquals([...entries], [0, 0, 2, 2]);
  assertEquals([...weights], [2, 1, 3, 4]);
});
