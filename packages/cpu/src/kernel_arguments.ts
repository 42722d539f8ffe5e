import {
  type Geometry,
  interiorOf,
  type PlacedValue,
  type RunBindings,
  volume,
} from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS, MAX_ARGUMENTS } from "./control.ts";
import type { WasmMemory } from "./memory.ts";
import type { TableBlock } from "./table_blocks.ts";

/** Where the block of arguments begins among all words of the memory. */
const ARGUMENTS_WORD = ARGUMENTS_ADDRESS / 4;

/** What changes from call to call. */
export interface CallArguments {
  readonly bindings: RunBindings<PlacedValue>;
  /** Where the tables begin that the kernel reads. */
  readonly tables: number;
}

/** An argument that is not the same in all calls, and its place. */
type Slot =
  & (
    | { readonly kind: "tensor" | "result" | "scalar"; readonly name: string }
    | { readonly kind: "table"; readonly offset: number }
    | { readonly kind: "seed" | "stream" }
  )
  & { readonly index: number };

/** The arguments of a kernel for some windows. */
export class KernelArguments {
  /** All of them; what changes from call to call is 0. */
  readonly #words: Int32Array;
  readonly #slots: Slot[] = [];

  /**
   * Finds those that are the same in all calls.
   *
   * @throws {RangeError} where they do not fit the block
   */
  constructor(
    fields: readonly string[],
    { geometry, tables: { offsets, words }, known }: {
      readonly geometry: Geometry;
      readonly tables: TableBlock;
      /** Those that are known, by name. */
      readonly known: Readonly<Record<string, number>>;
    },
  ) {
    if (fields.length > MAX_ARGUMENTS) {
      throw new RangeError(
        `Cannot run a kernel with ${fields.length} arguments: ${MAX_ARGUMENTS} are the most`,
      );
    }
    this.#words = new Int32Array(fields.length);
    const numbers = new Float32Array(this.#words.buffer);
    for (const [index, field] of fields.entries()) {
      const [kind, name] = splitField(field);
      // What threads have to themselves lies behind the tables.
      const offset = field === "buffers"
        ? words.byteLength
        : offsets.get(field);
      if (kind === "tensor" || kind === "result" || kind === "scalar") {
        this.#slots.push({ index, kind, name });
      } else if (field === "seed" || field === "stream") {
        this.#slots.push({ index, kind: field });
      } else if (offset !== undefined) {
        this.#slots.push({ index, kind: "table", offset });
      } else if (kind === "constant") numbers[index] = Number(name);
      else if (field in known) this.#words[index] = known[field];
      else this.#words[index] = integerArgument(field, geometry);
    }
  }

  /** Writes them into the block that kernels read them from. */
  write(memory: WasmMemory, { bindings, tables }: CallArguments): void {
    const { words } = memory;
    const { tensors, outputs, scalars, stream } = bindings;
    const own = this.#words;
    for (let i = 0; i < own.length; i++) words[ARGUMENTS_WORD + i] = own[i];
    for (const slot of this.#slots) {
      const at = ARGUMENTS_WORD + slot.index;
      switch (slot.kind) {
        case "tensor":
          words[at] = tensors[slot.name].address;
          break;
        case "result":
          words[at] = outputs[slot.name].address;
          break;
        case "scalar":
          memory.numbers[at] = scalars[slot.name];
          break;
        case "table":
          words[at] = tables + slot.offset;
          break;
        default:
          words[at] = stream[slot.kind];
      }
    }
  }
}

/**
 * Writes the arguments of a kernel that is no program's.
 *
 * @throws {TypeError} where one is missing
 */
export function writeIntegers(
  { words }: WasmMemory,
  fields: readonly string[],
  values: Readonly<Record<string, number>>,
): void {
  for (const [index, field] of fields.entries()) {
    if (values[field] === undefined) {
      throw new TypeError(
        `Cannot run a kernel: its argument "${field}" is missing`,
      );
    }
    words[ARGUMENTS_WORD + index] = values[field];
  }
}

/** A field's kind, and the rest of its name. */
function splitField(field: string): [kind: string, name: string] {
  const dot = field.indexOf(".");
  return dot < 0 ? [field, ""] : [field.slice(0, dot), field.slice(dot + 1)];
}

/** An argument that windows decide. */
function integerArgument(field: string, geometry: Geometry): number {
  const { input, output, channels, items, axes } = geometry;
  const [kind, name] = splitField(field);
  if (kind === "integer") return Number(name);
  const [, length, letter] = /^([a-z]+)_([dhw])$/.exec(field) ?? [];
  const axis = "dhw".indexOf(letter);
  switch (length) {
    case "in":
      return input[axis];
    case "out":
      return output[axis];
    case "size":
    case "stride":
    case "before":
    case "after": {
      const known = axes[axis];
      if (length in known) return known[length as "size"];
    }
  }
  switch (field) {
    case "channels":
      return channels;
    case "items":
      return items;
    case "in_plane":
      return volume(input);
    case "out_plane":
      return volume(output);
    case "inside_from":
      return interiorOf(geometry).from;
    case "inside_to":
      return interiorOf(geometry).to;
  }
  throw new TypeError(
    `Cannot run a kernel: its argument "${field}" is unknown`,
  );
}
