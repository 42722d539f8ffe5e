import { coveringWindows } from "./covering.ts";
import { type Geometry, type TableAxis, tableGroup } from "./geometry.ts";
import type { Program } from "./program.ts";
import { wgslAxes } from "./wgsl_plan.ts";

/** Integers about the windows, and where each table begins among them. */
export interface WgslTables {
  /** All tables, one after the other. */
  readonly data: Int32Array<ArrayBuffer>;
  /** The offset of each table, by the name of the argument that holds it. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** All tables that a program over these windows reads, one after the other. */
export function wgslTables(
  program: Program,
  geometry: Geometry,
): WgslTables {
  const { kind } = program;
  const tables: Record<string, Int32Array> = {};
  const { sources, inputItems, input, output } = geometry;
  if (sources && kind === "window") tables.sources = sources;
  if (sources && kind === "gather") {
    Object.assign(tables, readersOf(sources, inputItems));
  }
  for (
    const { letter } of wgslAxes(geometry).filter(({ kind }) =>
      kind === "table"
    )
  ) {
    const a = "dhw".indexOf(letter);
    const axis = geometry.axes[a] as TableAxis;
    tables[`starts_${letter}`] = axis.starts;
    tables[`counts_${letter}`] = axis.counts;
    if (kind === "gather") {
      const groups = groupsOf(geometry);
      const lengths = { groups, input: input[a], output: output[a] };
      const { firsts, lasts } = coveringWindows(axis, lengths);
      tables[`firsts_${letter}`] = firsts;
      tables[`lasts_${letter}`] = lasts;
    }
  }
  return concatenate(tables);
}

function concatenate(tables: Readonly<Record<string, Int32Array>>): WgslTables {
  const size = Object.values(tables).reduce((n, table) => n + table.length, 0);
  const data = new Int32Array(size);
  const offsets: Record<string, number> = {};
  let offset = 0;
  for (const [name, table] of Object.entries(tables)) {
    data.set(table, offset);
    offsets[name] = offset;
    offset += table.length;
  }
  return { data, offsets };
}

function groupsOf(geometry: Geometry): number {
  const { items, channels } = geometry;
  return tableGroup(geometry, items - 1, channels - 1) + 1;
}

/** For each item of the input the items of the output that are read from it. */
function readersOf(
  sources: Int32Array,
  inputItems: number,
): { reader_starts: Int32Array; readers: Int32Array } {
  const starts = new Int32Array(inputItems + 1);
  for (const source of sources) starts[source + 1] += 1;
  for (let item = 0; item < inputItems; item++) {
    starts[item + 1] += starts[item];
  }
  const next = starts.slice();
  const readers = new Int32Array(sources.length);
  for (const [item, source] of sources.entries()) {
    readers[next[source]++] = item;
  }
  return { reader_starts: starts, readers };
}
