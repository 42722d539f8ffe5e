import {
  makeModule,
  type WgslField,
  type WgslModule,
  type WgslTensor,
} from "./wgsl_module.ts";
import { sum } from "./wgsl_text.ts";

/** The compute shaders of products of matrices. */
export interface MatmulModules {
  /**
   * Sums a part of each result's terms, with a workgroup for a tile of results:
   * reads `a` and `b`, writes `to`, which has the results of one part after
   * those of the other.
   */
  readonly byTile: WgslModule;
  /** The same with an invocation for a result, where tiles would be empty. */
  readonly byElement: WgslModule;
  /** Adds the parts of each result: reads `parts`, writes `to`. */
  readonly addParts: WgslModule;
}

/** How the shaders divide the work. */
export const MATMUL_TILES = {
  /** Rows and columns of a result that a workgroup of 8 × 8 computes. */
  side: 32,
  /** Terms of a sum that lie in a workgroup's memory at a time. */
  depth: 32,
} as const;

const { side: SIDE, depth: DEPTH } = MATMUL_TILES;

/** Rows and columns that one invocation computes. */
const OWN = 4;

/** Vectors across a tile. */
const VECTORS = SIDE / OWN;

/**
 * Vectors from one row of a tile to the next in a workgroup's memory: one more
 * than there are, so that neighbours do not fall into the same bank.
 */
const PITCH = VECTORS + 1;

/**
 * Tiles whose sum is added to the result at once: rounding errors grow with the
 * number of blocks of 256 terms, not with that of the terms.
 */
const TILES_PER_BLOCK = 8;

const FIELDS: readonly WgslField[] = [
  "invocations",
  "workgroups",
  "parts",
  "depth_tiles_per_part",
  "batch",
  "groups",
  "rows",
  "inner",
  "columns",
  ...["a", "b"].flatMap((operand) =>
    ["batch", "group", "across", "along"].map((way) => `${operand}_${way}`)
  ),
].map((name) => ({ name, type: "u32" }));

const TENSORS: readonly WgslTensor[] = [
  { name: "a", type: "f32", use: "read" },
  { name: "b", type: "f32", use: "read" },
  { name: "to", type: "f32", use: "write" },
];

/**
 * Makes the shaders. Where results alone would not keep a GPU busy, sums are
 * divided into parts. Tiles of both operands go through a workgroup's memory as
 * vectors across the result, whatever their strides.
 */
export function matmulModules(): MatmulModules {
  const byTile = makeModule({
    comment: "matmul: a workgroup per tile of a result",
    fields: FIELDS,
    tensors: TENSORS,
    workgroup: {
      a_tile: `array<vec4<f32>, ${DEPTH * PITCH}>`,
      b_tile: `array<vec4<f32>, ${DEPTH * PITCH}>`,
    },
    body: [SPLIT_TILES, RANGE, SUM_TILES, STORE].join("\n"),
  });
  const byElement = makeModule({
    comment: "matmul: an invocation per result",
    fields: FIELDS,
    tensors: TENSORS,
    body: [SPLIT_ELEMENTS, RANGE, SUM_ELEMENT].join("\n"),
  });
  const addParts = makeModule({
    comment: "matmul: adds the parts of sums",
    fields: FIELDS,
    tensors: [
      { name: "parts", type: "f32", use: "read" },
      { name: "to", type: "f32", use: "write" },
    ],
    body: `  var sum = 0.0;
  for (var part = 0u; part < call.parts; part++) {
    sum += in_parts[part * call.invocations + invocation];
  }
  to_to[invocation] = sum;`,
  });
  return { byTile, byElement, addParts };
}

/** Names the result (of a part and an item) and the tile of a workgroup. */
const SPLIT_TILES = `  let row_tiles = (call.rows + ${SIDE - 1}u) / ${SIDE}u;
  let column_tiles = (call.columns + ${SIDE - 1}u) / ${SIDE}u;
  let first_column = workgroup % column_tiles * ${SIDE}u;
  let first_row = workgroup / column_tiles % row_tiles * ${SIDE}u;
  let result = workgroup / column_tiles / row_tiles;
  let own_row = lane / ${VECTORS}u;
  let own_column = lane % ${VECTORS}u;`;

/** Names the result and the place in it of an invocation. */
const SPLIT_ELEMENTS = `  let column = invocation % call.columns;
  let row = invocation / call.columns % call.rows;
  let result = invocation / call.columns / call.rows;`;

/** Names the item, and what part of the terms is summed. */
const RANGE = `  let item = result % call.batch;
  let inner_tiles = (call.inner + ${DEPTH - 1}u) / ${DEPTH}u;
  let first_tile = result / call.batch * call.depth_tiles_per_part;
  let last_tile = min(
    first_tile + call.depth_tiles_per_part,
    call.groups * inner_tiles,
  );`;

/** Sums the terms of a result. */
const SUM_ELEMENT = `  var sum = 0.0;
  for (var tile = first_tile; tile < last_tile; tile++) {
    let member = tile / inner_tiles;
    let first_k = tile % inner_tiles * ${DEPTH}u;
    let last_k = min(call.inner, first_k + ${DEPTH}u);
    let a_row = item * call.a_batch + member * call.a_group +
      row * call.a_across;
    let b_column = item * call.b_batch + member * call.b_group +
      column * call.b_across;
    var block = 0.0;
    for (var k = first_k; k < last_k; k++) {
      block += in_a[a_row + k * call.a_along] *
        in_b[b_column + k * call.b_along];
    }
    sum += block;
  }
  to_to[invocation] = sum;`;

/** Sums the terms of a tile of results. */
const SUM_TILES = `${each((i) => `  var sum_${i} = vec4<f32>();`)}
${each((i) => `  var block_${i} = vec4<f32>();`)}
  for (var tile = first_tile; tile < last_tile; tile++) {
    let member = tile / inner_tiles;
    let first_k = tile % inner_tiles * ${DEPTH}u;
    let depth = min(call.inner - first_k, ${DEPTH}u);
    for (var at = lane; at < ${DEPTH * VECTORS}u; at += 64u) {
${loadTile("a", "rows", "first_row")}
${loadTile("b", "columns", "first_column")}
    }
    workgroupBarrier();
    for (var k = 0u; k < depth; k++) {
      let a = a_tile[k * ${PITCH}u + own_row];
      let b = b_tile[k * ${PITCH}u + own_column];
${each((i) => `      block_${i} += a.${"xyzw"[i]} * b;`)}
    }
    workgroupBarrier();
    if (tile % ${TILES_PER_BLOCK}u == ${TILES_PER_BLOCK - 1}u) {
${each((i) => `      sum_${i} += block_${i};`)}
${each((i) => `      block_${i} = vec4<f32>();`)}
    }
  }`;

/** Writes what lies inside of the result. */
const STORE = `  let column = first_column + own_column * ${OWN}u;
  let row = first_row + own_row * ${OWN}u;
${each(storeRow)}`;

/** Lines for each of the rows or columns of an invocation. */
function each(line: (index: number) => string): string {
  return Array.from({ length: OWN }, (_, index) => line(index)).join("\n");
}

/**
 * Copies a vector of a tile. Neighbours take the vectors that follow each other
 * where elements do, so that memory is read in the order in which it lies.
 */
function loadTile(operand: string, length: string, first: string): string {
  const stride = (way: string) => `call.${operand}_${way}`;
  const at = (index: number) =>
    sum("place", index === 0 ? "0" : `${index}u * ${stride("across")}`);
  return `      {
        let is_along = ${stride("along")} < ${stride("across")};
        let k = select(at / ${VECTORS}u, at % ${DEPTH}u, is_along);
        let part = select(at % ${VECTORS}u, at / ${DEPTH}u, is_along);
        let across = ${first} + part * ${OWN}u;
        let place = item * ${stride("batch")} + member * ${stride("group")} +
          across * ${stride("across")} + (first_k + k) * ${stride("along")};
        var vector = vec4<f32>();
        if (k < depth) {
${
    each((i) =>
      `          if (${plus("across", i)} < call.${length}) {
            vector.${"xyzw"[i]} = in_${operand}[${at(i)}];
          }`
    )
  }
        }
        ${operand}_tile[k * ${PITCH}u + part] = vector;
      }`;
}

/** An index of so many further. */
function plus(index: string, further: number): string {
  return sum(index, further === 0 ? "0" : `${further}u`);
}

function storeRow(row: number): string {
  return `  if (${plus("row", row)} < call.rows) {
    let sum = sum_${row} + block_${row};
    let at = (result * call.rows + ${plus("row", row)}) * call.columns + column;
${
    each((i) =>
      `    if (${plus("column", i)} < call.columns) {
      to_to[${plus("at", i)}] = sum.${"xyzw"[i]};
    }`
    )
  }
  }`;
}
