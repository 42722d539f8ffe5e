import { assertEquals } from "@std/assert";
import { float32, int32 } from "./nested.ts";

Deno.test("float32() and int32() take the shape from the nesting", () => {
  assertEquals(float32([[1, 2, 3], [4, 5, 6]]), {
    shape: [2, 3],
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
  });
  assertEquals(int32([[[7]]]), { shape: [1, 1, 1], data: Int32Array.of(7) });
  assertEquals(float32(5), { shape: [], data: Float32Array.of(5) });
  assertEquals(float32([]), { shape: [0], data: new Float32Array(0) });
});
