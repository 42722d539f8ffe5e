import { assert, assertEquals } from "@std/assert";
import { openCopyLimit } from "./copy_limit.ts";

for (const threads of [1, 2]) {
  Deno.test(`openCopyLimit() writes every byte, threads: ${threads}`, async () => {
    const sizes = { reads: 1 << 20, writes: 1 << 18, threads };
    using limit = await openCopyLimit(sizes);
    assertEquals(limit.output.byteLength, sizes.writes);
    for (let round = 0; round < 3; round++) {
      limit.output.fill(0);
      await limit.run();
      // The first quarter of each row is copied, and no word of it is 0 twice.
      assertEquals(limit.output.filter((word) => word === 0).length, 1);
    }
  });
}

Deno.test("openCopyLimit() can write more than it reads", async () => {
  using limit = await openCopyLimit({ reads: 4096, writes: 8192, threads: 1 });
  limit.input.fill(7);
  limit.output.fill(-1);
  await limit.run();
  assert(limit.output.subarray(0, 1024).every((word) => word === 7));
  assert(limit.output.subarray(1024).every((word) => word === 0));
});
