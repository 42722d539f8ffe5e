import { assertEquals, assertThrows } from "@std/assert";
import { Allocator } from "./allocator.ts";
import { WasmMemory } from "./memory.ts";
import { placeCanaries } from "./test_canaries.ts";

Deno.test("canaries tell of each byte that is written beyond a block, once", () => {
  using canaries = placeCanaries();
  const allocator = new Allocator(new WasmMemory(false), 1024, 0);
  const [first, second] = [allocator.allocate(10), allocator.allocate(64)];
  const bytes = new Uint8Array(allocator.memory.memory.buffer);
  bytes.fill(0, first, first + 10);
  canaries.check();
  for (const [block, at, size] of [[first, 10, 10], [second, -1, 64]]) {
    bytes[block + at] ^= 1;
    assertThrows(
      () => canaries.check(),
      Error,
      `byte ${at} of a block of ${size} bytes was written`,
    );
    canaries.check();
  }
  bytes[second + 64 + 255] ^= 1;
  allocator.free(second);
  assertThrows(() => canaries.check(), Error, "byte 319 of a block of 64");
});

Deno.test("canaries fill blocks with NaN, and leave allocators as they were", () => {
  const { allocate, free } = Allocator.prototype;
  {
    using _ = placeCanaries();
    const allocator = new Allocator(new WasmMemory(false), 1024, 0);
    const address = allocator.allocate(8);
    assertEquals(address % 64, 0);
    const { numbers } = allocator.memory;
    assertEquals([...numbers.subarray(address / 4, address / 4 + 2)], [
      NaN,
      NaN,
    ]);
    allocator.free(address);
    assertThrows(() => allocator.free(address), RangeError, "it is no block");
  }
  assertEquals([allocate, free], [
    Allocator.prototype.allocate,
    Allocator.prototype.free,
  ]);
});
