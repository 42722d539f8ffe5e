import { assertEquals, assertThrows } from "@std/assert";
import { itemChunks } from "./item_chunks.ts";

const limits = { size: 1000, alignment: 256 };

Deno.test("itemChunks() leaves whole what can be bound at once", () => {
  const tensors = [{ shape: [4, 50], itemBytes: 200 }];
  assertEquals(itemChunks(4, tensors, limits), [{ first: 0, count: 4 }]);
});

Deno.test("itemChunks() begins every part of every tensor at the alignment", () => {
  const tensors = [
    { shape: [9, 16], itemBytes: 64 },
    { shape: [9, 32], itemBytes: 128 },
  ];
  assertEquals(itemChunks(9, tensors, limits), [
    { first: 0, count: 4 },
    { first: 4, count: 4 },
    { first: 8, count: 1 },
  ]);
});

Deno.test("itemChunks() begins parts that are copied anywhere", () => {
  const tensors = [{ shape: [3, 90], itemBytes: 360, isCopied: true }];
  assertEquals(itemChunks(3, tensors, limits), [
    { first: 0, count: 2 },
    { first: 2, count: 1 },
  ]);
});

Deno.test("itemChunks() refuses items that are too large", () => {
  assertThrows(
    () => itemChunks(2, [{ shape: [2, 512], itemBytes: 2048 }], limits),
    RangeError,
    "Cannot run on a tensor of shape 2×512 on the GPU: one item must be bound at once and take 2048 bytes, the device binds at most 1000",
  );
});
