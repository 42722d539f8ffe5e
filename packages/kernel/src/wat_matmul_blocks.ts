import type { ProductSizes } from "./device.ts";

/** How results are divided into blocks, each of which one thread computes. */
export interface MatmulBlocks {
  readonly rowsPerBlock: number;
  readonly columnsPerBlock: number;
  readonly rowBlocks: number;
  readonly columnBlocks: number;
  /** Blocks of all results. */
  readonly count: number;
}

/** The largest block: the copies of its operands lie in the second cache. */
const LARGEST = { rows: 128, columns: 256 };

/** Sides are halved until they are no longer than this: smaller blocks are more copying than work. */
const SMALLEST = 32;

/** Sides of blocks are multiples of it, so that squares of eight are whole. */
const MULTIPLE = 8;

/** Blocks for each thread, so that one that is late does not do half of all. */
const BLOCKS_PER_THREAD = 2;

/** Divides results among threads. */
export function matmulBlocks(
  { batch, rows, columns }: ProductSizes,
  threads: number,
): MatmulBlocks {
  let rowBlocks = Math.ceil(rows / LARGEST.rows);
  let columnBlocks = Math.ceil(columns / LARGEST.columns);
  for (;;) {
    const rowsPerBlock = partOf(rows, rowBlocks);
    const columnsPerBlock = partOf(columns, columnBlocks);
    rowBlocks = Math.ceil(rows / rowsPerBlock);
    columnBlocks = Math.ceil(columns / columnsPerBlock);
    const count = batch * rowBlocks * columnBlocks;
    const isEnough = threads === 1 || count >= BLOCKS_PER_THREAD * threads;
    if (isEnough || Math.max(rowsPerBlock, columnsPerBlock) <= SMALLEST) {
      return { rowsPerBlock, columnsPerBlock, rowBlocks, columnBlocks, count };
    }
    if (rowsPerBlock > columnsPerBlock) rowBlocks *= 2;
    else columnBlocks *= 2;
  }
}

/** The length of each of so many parts. */
function partOf(length: number, parts: number): number {
  return Math.ceil(length / parts / MULTIPLE) * MULTIPLE;
}
