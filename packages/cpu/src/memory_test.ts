import { assert, assertEquals, assertThrows } from "@std/assert";
import { PAGE, WasmMemory } from "./memory.ts";

for (const shared of [true, false]) {
  const kind = shared ? "shared" : "unshared";
  Deno.test(`WasmMemory.reserve() grows ${kind} memory to what is asked for`, () => {
    const memory = new WasmMemory(shared);
    memory.reserve(10 * PAGE + 1);
    assert(memory.size >= 10 * PAGE + 1);
    const { size } = memory;
    memory.reserve(PAGE);
    assertEquals(memory.size, size);
  });
}

Deno.test("WasmMemory.reserve() refuses more than 4 GiB and stays as it is", () => {
  const memory = new WasmMemory(true);
  const { size } = memory;
  assertThrows(
    () => memory.reserve(2 ** 32 + 1),
    RangeError,
    "Cannot grow the memory of the CPU backend to 4294967297 bytes",
  );
  assertEquals(memory.size, size);
});
