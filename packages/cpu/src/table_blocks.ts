import { coveringWindows, type Geometry } from "@rockpool/kernel";
import type { Allocator } from "./allocator.ts";
import type { WasmMemory } from "./memory.ts";

/** The letters that end the names of the tables of depth, height and width. */
const LETTERS = ["d", "h", "w"] as const;

/** The tables of a geometry in the backend's memory, by field name. */
export interface TableBlocks {
  /** Addresses by the names that kernels have for them. */
  readonly addresses: Readonly<Record<string, number>>;
  /** Gives the memory back. */
  free(): void;
}

/** Copies the tables that a kernel's fields name into memory. */
export function placeTables(
  geometry: Geometry,
  fields: readonly string[],
  { memory, allocator }: { memory: WasmMemory; allocator: Allocator },
): TableBlocks {
  const addresses: Record<string, number> = {};
  const free = () => {
    for (const address of Object.values(addresses)) allocator.free(address);
  };
  try {
    const tables = tablesOf(geometry, fields);
    for (const [field, data] of Object.entries(tables)) {
      const address = allocator.allocate(data.byteLength);
      addresses[field] = address;
      new Int32Array(memory.memory.buffer, address, data.length).set(data);
    }
  } catch (error) {
    free();
    throw error;
  }
  return { addresses, free };
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
    const axis = axes[a];
    if (axis.kind !== "table" || !fields.includes(`starts_${letter}`)) continue;
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
