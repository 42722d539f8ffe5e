import type { Matrices, MatrixProduct, ProductSizes } from "./device.ts";
import type { PlacedValue, WatMachine } from "./wat_machine.ts";
import { emitWatMatmul, MATMUL_DEPTH, matmulScratch } from "./wat_matmul.ts";
import { matmulBlocks } from "./wat_matmul_blocks.ts";

/** Multiplications that take as long as an addition of a simpler kernel. */
const PRODUCTS_PER_WORK = 32;

/** Multiplies matrices on the CPU. */
export function runWatMatmul(
  machine: WatMachine,
  { a, b, to, sizes }: MatrixProduct<PlacedValue>,
): void {
  const { batch, groups, rows, inner, columns } = sizes;
  const products = batch * groups * rows * inner * columns;
  const work = products / PRODUCTS_PER_WORK;
  const threads = machine.threadsFor(work);
  const blocks = matmulBlocks(sizes, threads);
  const scratchBytes = matmulScratch(blocks.rowsPerBlock);
  machine.run(emitWatMatmul, {
    values: {
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
      scratch: machine.allocate(threads * scratchBytes),
      scratch_bytes: scratchBytes,
    },
    count: blocks.count,
    work,
  });
}

/** Where matrices lie; strides in bytes. */
function matricesArguments(
  name: string,
  { value, batch, group, across, along }: Matrices<PlacedValue>,
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
  a: Matrices<PlacedValue>,
  b: Matrices<PlacedValue>,
  { rows, columns }: ProductSizes,
): boolean {
  return rows === columns && a.value.address === b.value.address &&
    (["batch", "group", "across", "along"] as const).every((way) =>
      a[way] === b[way]
    );
}
