import type { SparseRows } from "./device.ts";

/**
 * A sparse matrix the other way round, with `count` rows: each one's entries
 * in the order of the rows that they come from.
 */
export function transposeRows(
  { offsets, entries, weights }: SparseRows,
  count: number,
): SparseRows {
  const ends = new Int32Array(count + 1);
  for (const entry of entries) ends[entry + 1] += 1;
  for (let row = 0; row < count; row++) ends[row + 1] += ends[row];
  const next = ends.slice();
  const transposed = {
    offsets: ends,
    entries: new Int32Array(entries.length),
    weights: new Float32Array(entries.length),
  };
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let e = offsets[row]; e < offsets[row + 1]; e++) {
      const at = next[entries[e]]++;
      transposed.entries[at] = row;
      transposed.weights[at] = weights[e];
    }
  }
  return transposed;
}
