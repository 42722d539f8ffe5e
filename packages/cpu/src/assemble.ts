import type { OpcodeRow } from "@rockpool/kernel";
import { parseText, type Tree } from "./parse_text.ts";
import {
  type Instruction,
  INSTRUCTIONS,
  instructionsOf,
} from "./instructions.ts";

const TYPES: Readonly<Record<string, number>> = {
  i32: 0x7f,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** The opcodes of what has constants or names in it. */
const CONSTANTS: Readonly<Record<string, readonly number[]>> = {
  "i32.const": [0x41],
  "f32.const": [0x43],
  "f64.const": [0x44],
  "v128.const": [0xfd, 0x0c],
};
const NAMED: Readonly<Record<string, number>> = {
  "local.get": 0x20,
  "local.set": 0x21,
  call: 0x10,
  br: 0x0c,
  br_if: 0x0d,
};
const [BLOCK, LOOP, IF, ELSE, END] = [0x02, 0x03, 0x04, 0x05, 0x0b];
const NO_RESULT = 0x40;

/** What names stand for, innermost labels last. */
interface Names {
  readonly locals: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, number>;
  readonly labels: string[];
  /** Instructions that not every kernel knows. */
  readonly more: ReadonlyMap<string, Instruction>;
}

/**
 * The module of a kernel's text: that part of WebAssembly's text format in which
 * kernels are emitted, folded expressions and one imported memory.
 *
 * @param more instructions that the kernel brings
 * @throws {SyntaxError} for text that is no such module
 */
export function assemble(
  text: string,
  more: readonly OpcodeRow[] = [],
): Uint8Array<ArrayBuffer> {
  const [, ...fields] = parseText(text);
  const of = (kind: string) =>
    fields.filter((it): it is Tree[] => Array.isArray(it) && it[0] === kind);
  const functions = of("func");
  const signatures = functions.map(signatureOf);
  const types = [...new Set(signatures.map((it) => it.join()))];
  const names = {
    functions: indexOf(functions),
    locals: new Map<string, number>(),
    labels: [],
    more: instructionsOf(more),
  };
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types.map((it) => it.split(",").map(Number))),
    ...section(2, of("import").map(importOf)),
    ...section(3, signatures.map((it) => unsigned(types.indexOf(it.join())))),
    ...section(7, functions.flatMap(exportOf)),
    ...section(10, functions.map((it) => codeOf(it, names))),
  ]);
}

function indexOf(fields: readonly Tree[][]): Map<string, number> {
  return new Map(fields.map(([, name], index) => [String(name), index]));
}

/** The parts of a function that begin with some word. */
function partsOf(fn: readonly Tree[], kind: string): Tree[][] {
  return fn.filter((it): it is Tree[] => Array.isArray(it) && it[0] === kind);
}

function signatureOf(fn: readonly Tree[]): number[] {
  const params = partsOf(fn, "param").map((it) => typeOf(it.at(-1)!));
  const results = partsOf(fn, "result").map((it) => typeOf(it.at(-1)!));
  return [0x60, params.length, ...params, results.length, ...results];
}

function importOf([, module, name, memory]: readonly Tree[]): number[] {
  const [, least, most, shared] = memory as string[];
  const limits = [least, most].flatMap((it) => unsigned(Number(it)));
  const kind = shared === undefined ? 0x01 : 0x03;
  return [...quoted(module), ...quoted(name), 0x02, kind, ...limits];
}

function exportOf(fn: readonly Tree[], index: number): number[][] {
  return partsOf(fn, "export")
    .map(([, name]) => [...quoted(name), 0x00, ...unsigned(index)]);
}

function codeOf(fn: readonly Tree[], names: Names): number[] {
  const locals = partsOf(fn, "local");
  const variables = [...partsOf(fn, "param"), ...locals];
  const own = { ...names, locals: indexOf(variables), labels: [] };
  const groups: number[][] = [];
  for (const [, , type] of locals) {
    const code = typeOf(type);
    const last = groups.at(-1);
    if (last?.[1] === code) last[0] += 1;
    else groups.push([1, code]);
  }
  const body = [
    ...unsigned(groups.length),
    ...groups.flatMap(([count, type]) => [...unsigned(count), type]),
  ];
  const head = ["param", "result", "local", "export"];
  for (const part of fn) {
    if (Array.isArray(part) && !head.includes(part[0] as string)) {
      write(body, part, own);
    }
  }
  body.push(END);
  return sized(body);
}

/** Writes an instruction behind its operands. */
function write(to: number[], tree: Tree, names: Names): void {
  if (!Array.isArray(tree)) throw unexpected(tree);
  const name = tree[0] as string;
  if (name === "block" || name === "loop") {
    return writeBlock(to, name === "block" ? BLOCK : LOOP, { tree, names });
  }
  if (name === "if") return writeIf(to, tree, names);
  let at = 1;
  while (at < tree.length && !Array.isArray(tree[at])) at += 1;
  const immediates = tree.slice(1, at) as string[];
  for (; at < tree.length; at++) write(to, tree[at], names);
  if (Object.hasOwn(CONSTANTS, name)) {
    to.push(...CONSTANTS[name], ...constant(name, immediates));
  } else if (Object.hasOwn(NAMED, name)) {
    to.push(NAMED[name], ...unsigned(resolve(name, immediates[0], names)));
  } else writePlain(to, name, { immediates, names });
}

function writeBlock(
  to: number[],
  opcode: number,
  { tree: [, ...parts], names }: { tree: readonly Tree[]; names: Names },
): void {
  const label = Array.isArray(parts[0]) ? "" : parts.shift() as string;
  to.push(opcode, NO_RESULT);
  names.labels.push(label);
  for (const part of parts) write(to, part, names);
  names.labels.pop();
  to.push(END);
}

function writeIf(
  to: number[],
  [, condition, yes, no]: readonly Tree[],
  names: Names,
): void {
  write(to, condition, names);
  to.push(IF, NO_RESULT);
  names.labels.push("");
  for (const part of yes.slice(1)) write(to, part, names);
  if (no) {
    to.push(ELSE);
    for (const part of no.slice(1)) write(to, part, names);
  }
  names.labels.pop();
  to.push(END);
}

/** An instruction whose immediates are a place in memory, lanes, or none. */
function writePlain(
  to: number[],
  name: string,
  { immediates, names }: {
    readonly immediates: readonly string[];
    readonly names: Names;
  },
): void {
  const instruction = INSTRUCTIONS.get(name) ?? names.more.get(name);
  if (!instruction) throw unexpected(name);
  const [first, ...more] = instruction.opcode;
  to.push(first, ...more.flatMap(unsigned));
  let lanes = immediates;
  if (instruction.alignment !== undefined) {
    const offset = /^offset=(\d+)$/.exec(lanes[0] ?? "")?.[1];
    if (offset !== undefined) lanes = lanes.slice(1);
    to.push(instruction.alignment, ...unsigned(Number(offset ?? 0)));
  }
  to.push(...lanes.map(integer));
}

/** The number of a variable, a function or, counted from inside, a label. */
function resolve(
  name: string,
  word: string,
  { locals, functions, labels }: Names,
): number {
  const [kind] = name.split(".");
  if (kind.startsWith("br")) {
    const at = labels.lastIndexOf(word);
    if (at < 0) throw unexpected(word);
    return labels.length - 1 - at;
  }
  const known = { local: locals, call: functions }[kind];
  const index = known?.get(word);
  if (index === undefined) throw unexpected(word);
  return index;
}

function constant(name: string, words: readonly string[]): number[] {
  if (name === "i32.const") return signed(integer(words[0]));
  if (name === "f32.const") return numbers("f32x4", words);
  if (name === "f64.const") return numbers("f64x2", words);
  return numbers(words[0], words.slice(1));
}

/** Numbers of a type in the order of memory. */
function numbers(shape: string, words: readonly string[]): number[] {
  const values = shape === "f32x4"
    ? Float32Array.from(words, float)
    : shape === "f64x2"
    ? Float64Array.from(words, float)
    : shape === "i32x4"
    ? Int32Array.from(words, integer)
    : undefined;
  if (!values) throw unexpected(shape);
  return [...new Uint8Array(values.buffer)];
}

function float(word: string): number {
  if (word === "nan") return NaN;
  const infinite = /^(-?)inf$/.exec(word);
  if (infinite) return infinite[1] ? -Infinity : Infinity;
  const value = Number(word);
  if (Number.isNaN(value)) throw unexpected(word);
  return value;
}

function integer(word: string): number {
  const value = Number(word);
  if (!Number.isInteger(value)) throw unexpected(word);
  return value;
}

function typeOf(type: Tree): number {
  if (typeof type === "string" && Object.hasOwn(TYPES, type)) {
    return TYPES[type];
  }
  throw unexpected(type);
}

function quoted(word: Tree): number[] {
  return sized([...new TextEncoder().encode(String(word).slice(1, -1))]);
}

function sized(bytes: number[]): number[] {
  return unsigned(bytes.length).concat(bytes);
}

function section(id: number, items: readonly number[][]): number[] {
  if (items.length === 0) return [];
  return [id].concat(sized(unsigned(items.length).concat(...items)));
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.push(rest & 0x7f), rest > 0x7f; rest >>>= 7) {
    bytes[bytes.length - 1] |= 0x80;
  }
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0;; rest >>= 7) {
    const byte = rest & 0x7f;
    const isLast = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

function unexpected(what: Tree): SyntaxError {
  const text = Array.isArray(what) ? `(${what[0]} …)` : what;
  return new SyntaxError(`Cannot assemble a kernel: ${text} is not understood`);
}
