import { assert, assertEquals } from "@std/assert";
import { blockSize } from "./buffer_pool.ts";

Deno.test("blockSize() rounds up by no more than an eighth, to multiples of 4", () => {
  for (let bytes = 0; bytes < 100_000; bytes += 4) {
    const size = blockSize(bytes, 2 ** 28);
    assert(size >= bytes && size % 4 === 0, `${bytes}: ${size}`);
    assert(size <= Math.max(256, bytes + Math.max(256, bytes / 8)), `${bytes}`);
  }
});

Deno.test("blockSize() does not exceed what a buffer can have", () => {
  assertEquals(blockSize(2 ** 28 - 4, 2 ** 28 - 1), 2 ** 28 - 4);
});
