import {
  add,
  call,
  get,
  int,
  mul,
  type Term,
  type WatFunction,
  type WatType,
} from "./wat_text.ts";

/** Lines that are worked on at a time; rows are padded with zeros to it. */
export const LINE = 4;

/** A function of integers, which it may also set. */
export function eigenFunction(
  fn: WatFunction,
  name: string,
  parameters: readonly string[],
  result?: WatType,
): string {
  const head = [
    name,
    ...parameters.map((parameter) => `(param $${parameter} i32)`),
    ...result === undefined ? [] : [`(result ${result})`],
  ];
  const known = new Set(parameters.map((name) => `(local $${name} i32)`));
  return fn.text(head.join(" ")).split("\n")
    .filter((line) => !known.has(line.trim())).join("\n");
}

/** An index of 8-byte elements as bytes. */
export function doubles(index: Term): Term {
  return call("i32.shl", index, int(3));
}

/** The address of a row of a matrix; rows lie `stride` bytes apart. */
export function rowOf(matrix: string, row: Term): Term {
  return add(get(matrix), mul(row, get("stride")));
}

/** The address of an element of a vector. */
export function elementOf(vector: string, index: Term): Term {
  return add(get(vector), doubles(index));
}

/** An index rounded down to a multiple of a power of 2. */
export function roundedDown(index: Term, multiple: number): Term {
  return call("i32.and", index, int(-multiple));
}

/** A number in double precision. */
export function double(value: number): Term {
  return call(`f64.const ${value === Infinity ? "inf" : value}`);
}

/** The sum of both lanes. */
export function bothLanes(pair: Term): Term {
  return call(
    "f64.add",
    call("f64x2.extract_lane 0", pair),
    call("f64x2.extract_lane 1", pair),
  );
}

/** Where rows end with their zeros, in bytes. */
export function paddedEnd(): Term {
  return doubles(roundedDown(add(get("n"), LINE - 1), LINE));
}

/** Runs lines for each two elements of rows and vectors from `from` on. */
export function forEachPair(
  fn: WatFunction,
  body: (at: (vector: string) => Term) => void,
): void {
  fn.set("j", "i32", get("from"));
  fn.loop("j", get("end"), () => {
    body((vector) => add(get(vector), get("j")));
  }, 16);
}
