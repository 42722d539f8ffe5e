import type { ScalarType } from "./wgsl_vector.ts";
import { COMPONENTS, LANES, vector } from "./wgsl_vector.ts";
import { product, sum, type WgslText } from "./wgsl_text.ts";

/** What a run of numbers is read from. */
export interface CellSource {
  /** The variable of the tensor. */
  readonly from: string;
  readonly type: ScalarType;
  /** Numbers that an index of the variable counts. */
  readonly width: number;
  /** The index of the number, or vector, that holds number 0. */
  readonly start: string;
  /** Which component of it is number 0. */
  readonly shift: number;
  /** From one number to the next, where each is read alone. */
  readonly step: string;
}

/** Numbers in registers: each is a component of a vector, or a word. */
export type Cells = ReadonlyMap<number, string>;

/**
 * Reads numbers of a run, as few vectors as hold them; numbers that are read
 * alone are put into vectors, too.
 *
 * @param wanted which numbers of the run, in their order
 */
export function loadCells(
  text: WgslText,
  { from, type, width, start, shift, step }: CellSource,
  { wanted, name }: { wanted: readonly number[]; name: () => string },
): Cells {
  const cells = new Map<number, string>();
  if (width === 1) {
    for (let first = 0; first < wanted.length; first += LANES) {
      const some = wanted.slice(first, first + LANES);
      const words = some.map((at) => `${from}[${moved(start, at, step)}]`);
      while (words.length < LANES) words.push(words.at(-1)!);
      const register = name();
      text.let(register, vector(type, words));
      for (const [lane, at] of some.entries()) {
        cells.set(at, `${register}.${COMPONENTS[lane]}`);
      }
    }
    return cells;
  }
  const registers = new Map<number, string>();
  for (const at of wanted) {
    const place = at + shift;
    const index = Math.floor(place / width);
    let register = registers.get(index);
    if (register === undefined) {
      registers.set(index, register = name());
      text.let(register, `${from}[${moved(start, index, "1")}]`);
    }
    cells.set(at, `${register}.${COMPONENTS[place - index * width]}`);
  }
  return cells;
}

/** An index so many steps behind another, or in front of it. */
function moved(start: string, count: number, step: string): string {
  return count < 0
    ? `${start} - ${steps(-count, step)}`
    : sum(start, steps(count, step));
}

/** So many steps as text. */
export function steps(count: number, step: string): string {
  return count === 0 ? "0" : product(`${count}`, step);
}

/** A vector of four of the numbers. */
export function vectorOfCells(
  type: ScalarType,
  cells: Cells,
  at: readonly number[],
): string {
  return vector(type, at.map((one) => cells.get(one)!));
}
