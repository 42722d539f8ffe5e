import {
  MATMUL_DEPTH,
  matmulScratch,
  type Matrices,
  type MatrixProduct,
  type ProductSizes,
} from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS } from "./control.ts";
import type { Block } from "./cpu_value.ts";
import { writeIntegers } from "./kernel_arguments.ts";
import { matmulBlocks } from "./matmul_blocks.ts";
import type { KernelTools } from "./run_fixed.ts";

/** Multiplications below which one thread is done before another wakes up. */
const PARALLEL_PRODUCTS = 2 ** 20;

/** Multiplies matrices on one thread or all. */
export function runMultiply(
  { a, b, to, sizes }: MatrixProduct<Block>,
  { memory, allocator, kernels, pool }: KernelTools,
): void {
  const kernel = kernels.matmul();
  const { batch, groups, rows, inner, columns } = sizes;
  const products = batch * groups * rows * inner * columns;
  const isParallel = pool !== undefined && products >= PARALLEL_PRODUCTS;
  const threads = isParallel ? pool.threads : 1;
  const blocks = matmulBlocks(sizes, threads);
  const scratchBytes = matmulScratch(blocks.rowsPerBlock);
  const scratch = allocator.allocate((pool?.threads ?? 1) * scratchBytes);
  try {
    writeIntegers(memory, kernel.fields, {
      ...matricesArguments("a", a),
      ...matricesArguments("b", b),
      to: to.address,
      groups,
      rows,
      inner,
      columns,
      ...partsArguments(sizes),
      rows_per_block: blocks.rowsPerBlock,
      columns_per_block: blocks.columnsPerBlock,
      row_blocks: blocks.rowBlocks,
      column_blocks: blocks.columnBlocks,
      mirrored: isMirrored(a, b, sizes) ? 1 : 0,
      scratch,
      scratch_bytes: scratchBytes,
      turns: kernel.turns,
    });
    if (isParallel && blocks.count > 1) {
      pool.run({
        ...kernel,
        kernel: kernel.id,
        argumentsAddress: ARGUMENTS_ADDRESS,
        rows: blocks.count,
      });
    } else kernel.run(ARGUMENTS_ADDRESS, 0, blocks.count);
  } finally {
    allocator.free(scratch);
  }
}

/** Where matrices lie; strides in bytes. */
function matricesArguments(
  name: string,
  { value, batch, group, across, along }: Matrices<Block>,
): Record<string, number> {
  return {
    [name]: value.address,
    [`${name}_batch`]: 4 * batch,
    [`${name}_group`]: 4 * group,
    [`${name}_across`]: 4 * across,
    [`${name}_along`]: 4 * along,
  };
}

/** The parts of a sum: some of the terms of a group, or some whole groups. */
function partsArguments(
  { groups, inner }: ProductSizes,
): Record<string, number> {
  const innerParts = Math.ceil(inner / MATMUL_DEPTH);
  const groupsPerPart = Math.min(
    groups,
    Math.max(1, Math.floor(MATMUL_DEPTH / inner)),
  );
  return {
    inner_parts: innerParts,
    inner_per_part: Math.ceil(inner / innerParts),
    groups_per_part: groupsPerPart,
    parts: innerParts * Math.ceil(groups / groupsPerPart),
  };
}

/** Whether the right matrices are the transposed left ones. */
function isMirrored(
  a: Matrices<Block>,
  b: Matrices<Block>,
  { rows, columns }: ProductSizes,
): boolean {
  return rows === columns && a.value.address === b.value.address &&
    (["batch", "group", "across", "along"] as const).every((way) =>
      a[way] === b[way]
    );
}
