import { assertEquals } from "@std/assert";
import { leaf } from "./expression.ts";
import { makeProgram } from "./program.ts";
import { regions } from "./regions.ts";
import { tables } from "./tables.ts";
import { wgslTables } from "./wgsl_tables.ts";

const gather = makeProgram("gather", "gather", [
  { name: "y", value: leaf("perWindow", "dy") },
]);

Deno.test("wgslTables() gives the windows that may hold each element", () => {
  const windows = tables([1, 1, 6], {
    tables: [{ starts: [0, 1, 5], counts: [2, 2, 0], dilation: 2 }],
  });
  const { data, offsets } = wgslTables(gather, windows);
  const part = (
    name: string,
    length: number,
  ) => [...data.subarray(offsets[name], offsets[name] + length)];
  assertEquals(part("starts_w", 3), [0, 1, 5]);
  assertEquals(part("counts_w", 3), [2, 2, 0]);
  assertEquals(part("firsts_w", 6), [0, 1, 0, 1, 0, 0]);
  assertEquals(part("lasts_w", 6), [0, 1, 0, 1, -1, -1]);
});

Deno.test("wgslTables() gives the regions that read each item, in order", () => {
  const rois = {
    shape: [3, 5],
    data: Float32Array.of(2, 0, 0, 1, 1, 0, 0, 0, 1, 1, 2, 0, 0, 1, 1),
  };
  const windows = regions([3, 1, 2, 2], rois, { outputSize: [1, 1] });
  const { data, offsets } = wgslTables(gather, windows);
  const { reader_starts, readers } = offsets;
  assertEquals([...data.subarray(reader_starts, reader_starts + 4)], [
    0,
    1,
    1,
    3,
  ]);
  assertEquals([...data.subarray(readers, readers + 3)], [1, 0, 2]);
});
