import { assertEquals } from "@std/assert";
import { benchTable, markdownTable } from "./bench_table.ts";
import { type BenchRow, mergeRows, ratioOf, shareOf } from "./row.ts";

const row: BenchRow = {
  case: "max 2×2/2",
  op: "max",
  direction: "forward",
  threads: 2,
  ours_ms: 2,
  peers: { slow: 9, fast: 5, other: null },
  limit_ms: 1.5,
  target: 2,
};

Deno.test("ratioOf() compares to the fastest peer that has the case", () => {
  assertEquals(ratioOf(row), 2.5);
  assertEquals(ratioOf({ ...row, peers: { other: null } }), undefined);
});

Deno.test("shareOf() is the time of the copy over ours", () => {
  assertEquals(shareOf(row), 0.75);
});

Deno.test("benchTable() shows what a peer lacks", () => {
  const [head, cells] = benchTable([row]);
  const at = (name: string) => cells[head.indexOf(name)];
  assertEquals(at("slow, ms"), "9.00");
  assertEquals(at("other, ms"), "lacking");
  assertEquals(at("ratio"), "2.50×");
  assertEquals(at("share of copy"), "75 %");
});

Deno.test("benchTable() leaves the ratio empty where no peer has the case", () => {
  const [head, cells] = benchTable([
    { ...row, peers: { other: null }, target: null },
  ]);
  assertEquals(cells[head.indexOf("ratio")], "");
  assertEquals(cells[head.indexOf("target")], "");
});

Deno.test("benchTable() tells what a peer lacks from a peer that is not there", () => {
  const [head, cells] = benchTable([row], { absent: ["other"] });
  assertEquals(cells[head.indexOf("other, ms")], "not found");
});

Deno.test("benchTable() shows microseconds of short calls", () => {
  const [head, cells] = benchTable([{ ...row, ours_ms: 0.00567 }]);
  assertEquals(cells[head.indexOf("ours, ms")], "0.0057");
});

Deno.test("mergeRows() replaces rows of the same work and adds others", () => {
  const again = { ...row, ours_ms: 1 };
  const other = { ...row, threads: 1 };
  assertEquals(mergeRows([row], [other, again]), [again, other]);
});

Deno.test("markdownTable() rules a line below the head", () => {
  assertEquals(
    markdownTable([["a", "b"], ["1", "2"]]),
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
  );
});
