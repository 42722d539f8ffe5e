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
  const place = (field: string, table: () => Int32Array) => {
    if (!fields.includes(field)) return;
    const data = table();
    const address = allocator.allocate(data.byteLength);
    new Int32Array(memory.memory.buffer, address, data.length).set(data);
    addresses[field] = address;
  };
  for (const [a, letter] of LETTERS.entries()) {
    const axis = geometry.axes[a];
    if (axis.kind !== "table") continue;
    place(`starts_${letter}`, () => axis.starts);
    place(`counts_${letter}`, () => axis.counts);
    const input = geometry.input[a];
    const output = geometry.output[a];
    const groups = axis.starts.length / output;
    const covering = () => coveringWindows(axis, { groups, input, output });
    place(`first_${letter}_table`, () => covering().firsts);
    place(`last_${letter}_table`, () => covering().lasts);
  }
  place("sources", () => geometry.sources!);
  return {
    addresses,
    free() {
      for (const address of Object.values(addresses)) allocator.free(address);
    },
  };
}
