import { adaptiveTable } from "@rockpool/kernel";
import { assertEquals, assertThrows } from "@std/assert";
import { paperTable } from "./paper_table.ts";

const paper = (length: number, windows: number) => {
  const { starts, counts } = paperTable(length, { windows, name: "width" });
  return [[...Array.from(starts)], [...Array.from(counts)]];
};

Deno.test("paperTable() has windows of ⌈a / n⌉, one every ⌊a / n⌋", () => {
  assertEquals(paper(13, 3), [[0, 4, 8], [5, 5, 5]]);
  assertEquals(paper(10, 4), [[0, 2, 4, 6], [3, 3, 3, 3]]);
});

Deno.test("paperTable() divides as adaptiveTable() does where n divides a, and 13 into 1 to 3", () => {
  for (
    const [length, windows] of [[12, 4], [6, 6], [13, 1], [13, 2], [13, 3]]
  ) {
    const { starts, counts } = adaptiveTable(length, windows);
    assertEquals(paper(length, windows), [
      [...Array.from(starts)],
      [...Array.from(counts)],
    ]);
  }
});

Deno.test("paperTable() refuses what makes more windows, or none", () => {
  for (const [length, windows] of [[10, 6], [3, 4]]) {
    assertThrows(
      () => paper(length, windows),
      RangeError,
      `${windows} are needed`,
    );
  }
});
