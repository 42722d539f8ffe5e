import {
  type Axis,
  coveringWindows,
  type Geometry,
  type TableAxis,
} from "@rockpool/kernel";

/** The letters that end the names of the tables of depth, height and width. */
const LETTERS = ["d", "h", "w"] as const;

/** Integers of a cache line. */
const LINE = 16;

/** Tables one behind the other, to be copied into memory. */
export interface TableBlock {
  /** Their numbers. */
  readonly words: Int32Array;
  /** Where each begins, in bytes, by the names that kernels have for them. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** The tables that a kernel's fields name, each from a cache line on. */
export function tableBlock(
  geometry: Geometry,
  fields: readonly string[],
): TableBlock {
  const tables = Object.entries(tablesOf(geometry, fields));
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [field, { length }] of tables) {
    offsets.set(field, 4 * end);
    end += LINE * Math.ceil(length / LINE);
  }
  const words = new Int32Array(end);
  for (const [field, data] of tables) words.set(data, offsets.get(field)! / 4);
  return { words, offsets };
}

/** The tables that a kernel's fields name. */
function tablesOf(
  geometry: Geometry,
  fields: readonly string[],
): Record<string, Int32Array> {
  const { axes, input, output, sources } = geometry;
  const tables: Record<string, Int32Array> = {};
  if (sources && fields.includes("sources")) tables.sources = sources;
  for (const [a, letter] of LETTERS.entries()) {
    if (!fields.includes(`starts_${letter}`)) continue;
    const axis = tableOf(axes[a], output[a]);
    tables[`starts_${letter}`] = axis.starts;
    tables[`counts_${letter}`] = axis.counts;
    if (!fields.includes(`first_${letter}_table`)) continue;
    const { firsts, lasts } = coveringWindows(axis, {
      groups: axis.starts.length / output[a],
      input: input[a],
      output: output[a],
    });
    tables[`first_${letter}_table`] = firsts;
    tables[`last_${letter}_table`] = lasts;
  }
  return tables;
}

/** Windows of an axis as a table, those of a slide inside the input, too. */
function tableOf(axis: Axis, windows: number): TableAxis {
  if (axis.kind === "table") return axis;
  const { size, stride, dilation } = axis;
  return {
    kind: "table",
    size,
    starts: Int32Array.from({ length: windows }, (_, i) => i * stride),
    counts: new Int32Array(windows).fill(size),
    dilation,
  };
}
