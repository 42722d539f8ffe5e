import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Allocator } from "./allocator.ts";
import { PAGE, WasmMemory } from "./memory.ts";

const START = PAGE;
const GUARD = 4096;

function makeAllocator(): Allocator {
  return new Allocator(new WasmMemory(true), START, GUARD);
}

Deno.test("Allocator gives blocks at cache lines, never below its start", () => {
  const allocator = makeAllocator();
  for (const bytes of [0, 1, 63, 64, 65, 1000]) {
    const address = allocator.allocate(bytes);
    assert(address >= START);
    assertEquals(address % 64, 0);
  }
});

Deno.test("Allocator takes the smallest gap that fits", () => {
  const allocator = makeAllocator();
  const [large, , small] = [1024, 64, 128, 64].map((size) =>
    allocator.allocate(size)
  );
  allocator.free(large);
  allocator.free(small);
  assertEquals(allocator.allocate(100), small);
  assertEquals(allocator.allocate(100), large);
});

Deno.test("Allocator joins gaps that touch", () => {
  const allocator = makeAllocator();
  const [a, b, c] = [64, 64, 64].map((size) => allocator.allocate(size));
  const last = allocator.allocate(64);
  allocator.free(a);
  allocator.free(c);
  allocator.free(b);
  assertEquals(allocator.allocate(192), a);
  allocator.free(last);
});

Deno.test("Allocator refuses to free what is no block", () => {
  const allocator = makeAllocator();
  const address = allocator.allocate(64);
  allocator.free(address);
  assertThrows(() => allocator.free(address), RangeError, "it is no block");
});

Deno.test("Allocator keeps blocks apart and inside memory, whatever is freed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.nat(5000), free: fc.boolean() }), {
        maxLength: 60,
      }),
      fc.nat(),
      (steps, pick) => {
        const allocator = makeAllocator();
        const blocks: { address: number; bytes: number }[] = [];
        for (const { bytes, free } of steps) {
          if (free && blocks.length > 0) {
            const [gone] = blocks.splice(pick % blocks.length, 1);
            allocator.free(gone.address);
          } else blocks.push({ address: allocator.allocate(bytes), bytes });
        }
        blocks.sort((a, b) => a.address - b.address);
        for (const [index, { address, bytes }] of blocks.entries()) {
          const end = blocks[index + 1]?.address ??
            allocator.memory.size - GUARD;
          assert(address + bytes <= end);
        }
        for (const { address } of blocks) allocator.free(address);
        assertEquals(allocator.live, 0);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("Allocator takes what was freed, whatever else is free", () => {
  const allocator = makeAllocator();
  const blocks = Array.from(
    { length: 200 },
    (_, i) => allocator.allocate(64 * (1 + i % 7)),
  );
  const last = allocator.allocate(64);
  for (const [i, block] of blocks.entries()) if (i % 2) allocator.free(block);
  const size = allocator.memory.size;
  const taken = new Set(
    blocks.map((_, i) => i % 2 ? allocator.allocate(64 * (1 + i % 7)) : -1),
  );
  assertEquals(taken, new Set(blocks.map((block, i) => i % 2 ? block : -1)));
  for (const block of blocks) allocator.free(block);
  assertEquals(allocator.allocate(64 * 50), blocks[0]);
  allocator.free(last);
  assertEquals(allocator.memory.size, size);
});
