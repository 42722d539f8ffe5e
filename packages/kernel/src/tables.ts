import type { Layout, Shape } from "@rockpool/core";
import type { Geometry, TableAxis, TablePer } from "./geometry.ts";
import { axisNames, planesOf } from "./rank.ts";
import { Remembered, sameContents } from "./remembered.ts";
import { tableGeometry } from "./table_geometry.ts";

/** Windows along one axis, one after the other. */
export interface Table {
  /** The first element of each window. */
  readonly starts: ArrayLike<number>;
  /** The number of elements of each window; 0 is an empty window. */
  readonly counts: ArrayLike<number>;
  /** From one element of a window to the next; 1 by default. */
  readonly dilation?: number;
}

/** How tables are to be read. */
export interface TableOptions {
  /** A table for each spatial axis. */
  readonly tables: readonly Table[];
  /**
   * What has windows of its own: the whole call (the default), each item of
   * the batch or each plane; the tables hold those windows one group after the
   * other.
   */
  readonly per?: TablePer;
  /** Channels before or after the spatial axes; before by default. */
  readonly layout?: Layout;
}

/** Windows, and what they were made of. */
interface KnownTables {
  readonly axes: readonly TableAxis[];
  readonly geometry: Geometry;
}

/** What networks ask for again and again. */
const known = new Remembered<KnownTables, Shape, TableOptions>(
  64,
  ({ axes, geometry }, shape, { tables, per = "call", layout = "NCHW" }) =>
    sameContents(geometry.inputShape, shape) && axes.length === tables.length &&
    geometry.per === per && geometry.layout === layout &&
    axes.every((axis, a) => holds(axis, tables[a])),
);

/** The longest tables that are remembered. */
const LONGEST = 256;

/** Whether an axis has the numbers of a table. */
function holds(
  axis: TableAxis,
  { starts, counts, dilation = 1 }: Table,
): boolean {
  const { length } = axis.starts;
  if (starts.length !== length || counts.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (axis.starts[i] !== starts[i] || axis.counts[i] !== counts[i]) {
      return false;
    }
  }
  return axis.dilation === dilation;
}

/**
 * Windows whose starts and sizes stand in tables, one per spatial axis. Short
 * tables with the same numbers give the same object, which nobody may change.
 *
 * Along an axis neither starts nor ends may step back, so that the windows
 * that hold an element follow each other.
 *
 * @throws {TypeError} where the rank or the number of tables does not fit
 * @throws {RangeError} where a window leaves the input or steps back
 *
 * @example
 * ```ts
 * import { tables } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * const halves = { starts: [0, 2], counts: [3, 3] };
 * assertEquals(tables([1, 1, 5], { tables: [halves] }).outputShape, [1, 1, 2]);
 * ```
 */
export function tables(shape: Shape, options: TableOptions): Geometry {
  const found = known.find(shape, options);
  if (found) return found.geometry;
  const { axes, geometry } = makeTables(shape, options);
  const areShort = axes.every(({ starts }) => starts.length <= LONGEST);
  if (areShort) known.add({ axes, geometry });
  return geometry;
}

function makeTables(shape: Shape, options: TableOptions): KnownTables {
  const { per = "call" } = options;
  const planes = planesOf(shape, {
    axes: options.tables.length,
    layout: options.layout,
  });
  const groups = {
    call: 1,
    item: planes.items,
    plane: planes.items * planes.channels,
  }[per];
  const names = axisNames(planes.axes);
  const axes = options.tables.map((table, a) =>
    tableAxis(table, { length: planes.spatial[a], name: names[a], groups })
  );
  const output = axes.map((axis) =>
    groups === 0 ? 0 : axis.starts.length / groups
  );
  const geometry = tableGeometry(shape, planes, {
    axes,
    output,
    per,
    groups,
  });
  return { axes, geometry };
}

/** An axis of an input, and how many groups of windows there are along it. */
interface TablePlace {
  readonly length: number;
  readonly name: string;
  readonly groups: number;
}

function tableAxis(table: Table, place: TablePlace): TableAxis {
  const { length, name, groups } = place;
  const { dilation = 1 } = table;
  const starts = new Int32Array(table.starts);
  const counts = new Int32Array(table.counts);
  // Without groups, in an empty batch, there is nothing to divide by.
  const odd = groups === 0 ? starts.length > 0 : starts.length % groups !== 0;
  if (starts.length !== counts.length || odd) {
    throw new RangeError(
      `Cannot read tables of ${name}: ${starts.length} starts and ${counts.length} counts are given, the same number is needed, a multiple of ${groups}`,
    );
  }
  if (starts.length === 0 && groups > 0) {
    throw new RangeError(`Cannot read tables of ${name}: they have no window`);
  }
  if (!Number.isInteger(dilation) || dilation < 1) {
    throw new RangeError(
      `Cannot read tables of ${name}: their dilation is ${dilation}, an integer of at least 1 is needed`,
    );
  }
  const windows = starts.length / groups;
  let [before, size] = [-1, 1];
  const last = (i: number) => starts[i] + (counts[i] - 1) * dilation;
  for (let i = 0; i < starts.length; i++) {
    if (starts[i] !== table.starts[i] || counts[i] !== table.counts[i]) {
      throw new RangeError(
        `Cannot read tables of ${name}: window ${i} starts at ${
          table.starts[i]
        } and has ${table.counts[i]} elements, 32-bit integers are needed`,
      );
    }
    if (starts[i] < 0 || counts[i] < 0 || last(i) >= length) {
      throw new RangeError(
        `Cannot pool an input of ${name} ${length}: window ${i} starts at ${
          starts[i]
        } and has ${counts[i]} elements`,
      );
    }
    if (i % windows === 0) before = -1;
    size = Math.max(size, counts[i]);
    if (counts[i] === 0) continue;
    if (
      before >= 0 && (starts[i] < starts[before] || last(i) < last(before))
    ) {
      throw new RangeError(
        `Cannot read tables of ${name}: window ${i} steps back behind window ${before}`,
      );
    }
    before = i;
  }
  return {
    kind: "table",
    size,
    starts,
    counts,
    dilation,
  };
}

/**
 * The table that divides an axis into a number of windows as evenly as it
 * goes: window i is `[floor(i n / k), ceil((i + 1) n / k))`.
 *
 * @throws {RangeError} if either number is not a positive integer
 */
export function adaptiveTable(length: number, windows: number): Table {
  for (const number of [length, windows]) {
    if (!Number.isInteger(number) || number < 1) {
      throw new RangeError(
        `Cannot divide ${length} elements into ${windows} windows: positive integers are needed`,
      );
    }
  }
  const starts = new Int32Array(windows);
  const counts = new Int32Array(windows);
  for (let i = 0; i < windows; i++) {
    starts[i] = Math.floor((i * length) / windows);
    counts[i] = Math.ceil(((i + 1) * length) / windows) - starts[i];
  }
  return { starts, counts };
}
