import {
  type Geometry,
  interiorOf,
  type RunBindings,
  volume,
} from "@rockpool/kernel";
import { ARGUMENTS_ADDRESS, MAX_ARGUMENTS } from "./control.ts";
import type { Block } from "./cpu_value.ts";
import type { WasmMemory } from "./memory.ts";

/** What a kernel is run on, and where tables lie that it reads. */
export interface ArgumentSources {
  readonly geometry: Geometry;
  readonly bindings: RunBindings<Block>;
  readonly tables: Readonly<Record<string, number>>;
}

/**
 * Writes a kernel's arguments into the block they are read from.
 *
 * @throws {RangeError} where they do not fit the block
 */
export function writeArguments(
  { memory }: WasmMemory,
  fields: readonly string[],
  sources: ArgumentSources,
): void {
  if (fields.length > MAX_ARGUMENTS) {
    throw new RangeError(
      `Cannot run a kernel with ${fields.length} arguments: ${MAX_ARGUMENTS} are the most`,
    );
  }
  const { scalars } = sources.bindings;
  const ints = new Int32Array(memory.buffer, ARGUMENTS_ADDRESS, fields.length);
  const numbers = new Float32Array(
    memory.buffer,
    ARGUMENTS_ADDRESS,
    fields.length,
  );
  for (const [index, field] of fields.entries()) {
    const [kind, name] = splitField(field);
    if (kind === "scalar") numbers[index] = scalars[name];
    else if (kind === "constant") numbers[index] = Number(name);
    else ints[index] = integerArgument(field, sources);
  }
}

/**
 * Writes the arguments of a kernel that is no program's.
 *
 * @throws {TypeError} where one is missing
 */
export function writeIntegers(
  { memory }: WasmMemory,
  fields: readonly string[],
  values: Readonly<Record<string, number>>,
): void {
  const words = new Int32Array(memory.buffer, ARGUMENTS_ADDRESS, fields.length);
  for (const [index, field] of fields.entries()) {
    if (values[field] === undefined) {
      throw new TypeError(
        `Cannot run a kernel: its argument "${field}" is missing`,
      );
    }
    words[index] = values[field];
  }
}

/** A field's kind, and the rest of its name. */
function splitField(field: string): [kind: string, name: string] {
  const dot = field.indexOf(".");
  return dot < 0 ? [field, ""] : [field.slice(0, dot), field.slice(dot + 1)];
}

/** An argument that is an address, a length or a seed. */
function integerArgument(field: string, sources: ArgumentSources): number {
  const { geometry, bindings: { tensors, outputs, stream }, tables } = sources;
  const { input, output, channels, items } = geometry;
  const [kind, name] = splitField(field);
  if (kind === "integer") return Number(name);
  const length = windowLength(field, geometry);
  if (length !== undefined) return length;
  if (kind === "tensor") return tensors[name].address;
  if (kind === "result") return outputs[name].address;
  if (field in tables) return tables[field];
  switch (field) {
    case "channels":
      return channels;
    case "items":
      return items;
    case "in_d":
      return input[0];
    case "in_h":
      return input[1];
    case "in_w":
      return input[2];
    case "out_d":
      return output[0];
    case "out_h":
      return output[1];
    case "out_w":
      return output[2];
    case "in_plane":
      return volume(input);
    case "out_plane":
      return volume(output);
    case "inside_from":
      return interiorOf(geometry).from;
    case "inside_to":
      return interiorOf(geometry).to;
    case "seed":
      return stream.seed;
    case "stream":
      return stream.stream;
  }
  throw new TypeError(
    `Cannot run a kernel: its argument "${field}" is unknown`,
  );
}

/** A length of the windows of an axis, such as `stride_h`. */
function windowLength(field: string, { axes }: Geometry): number | undefined {
  const match = /^(size|stride|before|after)_([dhw])$/.exec(field);
  if (!match) return undefined;
  const [, name, letter] = match;
  return axes["dhw".indexOf(letter)][name as "size"];
}
