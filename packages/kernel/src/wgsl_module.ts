import { helpersOf } from "./wgsl_helpers.ts";

/** A number among the arguments of a call. */
export interface WgslField {
  /** Its name in the text. */
  readonly name: string;
  /** How its 4 bytes are read. */
  readonly type: "u32" | "i32" | "f32";
  /** Its value where that is the same in every call. */
  readonly value?: number;
}

/** A buffer that a module is bound to. */
export interface WgslBinding {
  /** The tensor's name, `call`, `tables`, `packed` or `found`. */
  readonly name: string;
  /**
   * `call`: the uniform buffer of arguments. `tables`: integers about the
   * windows. `packed`: tensors that lie behind each other. `found`: what one
   * shader leaves for the next. `read` and `write`: tensors of a program.
   */
  readonly use: "call" | "tables" | "packed" | "found" | "read" | "write";
}

/** A compute shader and what must be bound to it. */
export interface WgslModule {
  /** The text; its entry point is `main`. */
  readonly source: string;
  /** What is bound, in the order of the binding numbers. */
  readonly bindings: readonly WgslBinding[];
  /** The arguments, 4 bytes each, in the order in which the buffer has them. */
  readonly fields: readonly WgslField[];
  /** Whether a result takes a whole workgroup, not an invocation. */
  readonly shared: boolean;
}

/** Invocations of a workgroup. */
export const WORKGROUP_SIZE = 64;

/** A tensor that a module declares. */
export interface WgslTensor {
  readonly name: string;
  readonly type: "f32" | "i32" | "atomic<i32>";
  readonly use: "read" | "write";
  /** Numbers that an index counts: 1 by default, else a vector. */
  readonly width?: 1 | 2 | 4;
}

/** What the text of a program's invocation needs around it. */
export interface WgslBody {
  /** Arguments that stand for numbers which the text cannot hold. */
  readonly constants: readonly WgslField[];
  /** Memory that invocations of a workgroup share, by name and type. */
  readonly workgroup?: Readonly<Record<string, string>>;
}

/** What {@linkcode makeModule} puts together. */
export interface WgslParts {
  /** A comment above the text. */
  readonly comment: string;
  readonly tensors: readonly WgslTensor[];
  /** All arguments that the body could use; it gets those that it does. */
  readonly fields: readonly WgslField[];
  /** What an invocation does, with its number in `invocation`. */
  readonly body: string;
  /**
   * Memory of a workgroup, by name and type. With it invocations work together:
   * the body has the numbers `workgroup` and `lane`, and may wait at barriers.
   */
  readonly workgroup?: Readonly<Record<string, string>>;
}

/** The lines before the body of an invocation that works alone. */
const HEAD =
  `  let invocation = (group.y * groups.x + group.x) * ${WORKGROUP_SIZE}u + lane;
  if (invocation >= call.invocations) {
    return;
  }`;

/**
 * The lines before the body where a workgroup works together: none of its
 * invocations may leave, since the others would wait for it at barriers.
 */
const GROUP_HEAD = `  let workgroup = group.y * groups.x + group.x;
  if (workgroup >= call.workgroups) {
    return;
  }`;

/** A whole compute shader around what an invocation does. */
export function makeModule(parts: WgslParts): WgslModule {
  const body = `${parts.workgroup ? GROUP_HEAD : HEAD}\n${parts.body}`;
  const helpers = helpersOf(body);
  const text = helpers + body;
  const mentions = (name: string) => new RegExp(`\\b${name}\\b`).test(text);
  const fields = parts.fields.filter(({ name }) => mentions(`call\\.${name}`));
  const variables: (WgslBinding & { text: string })[] = [
    { name: "call", use: "call", text: "var<uniform> call: Call;" },
  ];
  if (mentions("tables")) {
    const text = "var<storage, read> tables: array<i32>;";
    variables.push({ name: "tables", use: "tables", text });
  }
  if (mentions("packed")) {
    const text = "var<storage, read> packed: array<f32>;";
    variables.push({ name: "packed", use: "packed", text });
  }
  if (mentions("found")) {
    const text = "var<storage, read_write> found: array<u32>;";
    variables.push({ name: "found", use: "found", text });
  }
  for (const { name, type, use, width = 1 } of parts.tensors) {
    const element = width === 1 ? type : `vec${width}<${type}>`;
    const text = use === "read"
      ? `var<storage, read> ${readName(name)}: array<${element}>;`
      : `var<storage, read_write> ${writeName(name)}: array<${element}>;`;
    variables.push({ name, use, text });
  }
  const source = `// ${parts.comment}
struct Call {
${fields.map(({ name, type }) => `  ${name}: ${type},`).join("\n")}
}
${
    variables.map(({ text }, binding) =>
      `@group(0) @binding(${binding}) ${text}`
    ).join("\n")
  }
${workgroupMemory(parts)}${helpers}
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
${body}
}
`;
  const bindings = variables.map(({ name, use }) => ({ name, use }));
  return { source, bindings, fields, shared: parts.workgroup !== undefined };
}

function workgroupMemory({ workgroup = {} }: WgslParts): string {
  return Object.entries(workgroup)
    .map(([name, type]) => `var<workgroup> ${name}: ${type};\n`).join("");
}

/** The variable of a tensor that is read. */
export function readName(tensor: string): string {
  return `in_${tensor}`;
}

/** The variable of a tensor that is written. */
export function writeName(tensor: string): string {
  return `to_${tensor}`;
}

/**
 * The arguments of a call as bytes.
 *
 * @throws {TypeError} for an argument that has no value
 */
export function packFields(
  { fields }: WgslModule,
  values: Readonly<Record<string, number>>,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(fields.length);
  const floats = new Float32Array(words.buffer);
  for (const [index, field] of fields.entries()) {
    const value = field.value ?? values[field.name];
    if (value === undefined) {
      throw new TypeError(`Cannot call a kernel without ${field.name}`);
    }
    if (field.type === "f32") floats[index] = value;
    else words[index] = value;
  }
  return words;
}
