import { assert, assertEquals } from "@std/assert";
import { matmulBlocks } from "./wat_matmul_blocks.ts";

const lengths = [1, 7, 8, 9, 33, 64, 127, 128, 129, 196, 256, 257, 1000, 4096];

Deno.test("matmulBlocks() covers all results by blocks of whole squares", () => {
  for (const threads of [1, 2, 5, 64]) {
    for (const rows of lengths) {
      for (const columns of lengths) {
        const sizes = { batch: 3, groups: 1, rows, inner: 1, columns };
        const blocks = matmulBlocks(sizes, threads);
        const { rowsPerBlock, rowBlocks } = blocks;
        const { columnsPerBlock, columnBlocks } = blocks;
        assertEquals(blocks.count, 3 * rowBlocks * columnBlocks);
        assertEquals([rowsPerBlock % 8, columnsPerBlock % 8], [0, 0]);
        assert(rowsPerBlock <= 128 && columnsPerBlock <= 256);
        assert(rowsPerBlock * rowBlocks >= rows);
        assert(rowsPerBlock * (rowBlocks - 1) < rows);
        assert(columnsPerBlock * columnBlocks >= columns);
        assert(columnsPerBlock * (columnBlocks - 1) < columns);
      }
    }
  }
});

Deno.test("matmulBlocks() gives every thread some of what is large", () => {
  const sizes = { batch: 1, groups: 1, rows: 64, inner: 64, columns: 196 };
  assertEquals(matmulBlocks(sizes, 1).count, 1);
  assertEquals(matmulBlocks(sizes, 2).count, 4);
  assertEquals(matmulBlocks({ ...sizes, batch: 8 }, 2).count, 8);
  assertEquals(matmulBlocks({ ...sizes, columns: 8 }, 64).count, 2);
  assertEquals(matmulBlocks({ ...sizes, rows: 1024 }, 16).count, 32);
});
