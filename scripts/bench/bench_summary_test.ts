import { assertEquals } from "@std/assert";
import { summarise } from "./bench_summary.ts";
import type { BenchRow } from "./row.ts";

const row: BenchRow = {
  case: "max 2×2/2, 8×64×112×112",
  op: "max",
  direction: "forward",
  threads: 2,
  ours_ms: 2,
  peers: { slow: 9, fast: 6, other: null },
  limit_ms: 1.5,
  target: 3,
};

Deno.test("summarise() is one line where all is met", () => {
  assertEquals(summarise([row]), ["1 of 1 rows meet their targets."]);
});

Deno.test("summarise() names rows below their target or far from the copy", () => {
  const slow = { ...row, ours_ms: 4 };
  const small = { ...slow, case: "max 2×2/2, 1×16×14×14", target: 1 };
  assertEquals(summarise([row, slow, small]), [
    "2 of 3 rows meet their targets.",
    "max 2×2/2, 8×64×112×112, forward, threads: 2: 1.50× of ≥ 3×",
    "max 2×2/2, 8×64×112×112, forward, threads: 2: 38 % of the copy of ≥ 60 %",
  ]);
});

Deno.test("summarise() counts rows without a peer apart", () => {
  const alone = { ...row, peers: { slow: null } };
  assertEquals(summarise([alone, row]), [
    "1 of 1 rows meet their targets, 1 have no peer.",
  ]);
});
