import { assert, assertEquals } from "@std/assert";
import { workgroups } from "./command_batch.ts";

Deno.test("workgroups() fold into rows beyond the limit of one dimension", () => {
  assertEquals(workgroups(1), [1, 1]);
  assertEquals(workgroups(65535 * 64), [65535, 1]);
  assertEquals(workgroups(65535 * 64 + 1), [32768, 2]);
});

Deno.test("workgroups() are enough for the largest tensor, within 32 bits", () => {
  const most = 2 ** 31 - 1;
  const [columns, rows] = workgroups(most);
  assert(columns <= 65535 && rows <= 65535);
  assert(columns * rows * 64 >= most && columns * rows * 64 < 2 ** 32);
});
