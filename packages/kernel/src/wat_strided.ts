import { load } from "./wat_frame.ts";
import { call, type Term, type WatFunction } from "./wat_text.ts";
import {
  HALVES,
  INTERLEAVE,
  LANES,
  shuffle,
  transposed,
} from "./wat_transposed.ts";

/** Where the elements of four neighbouring windows lie. */
export interface StridedRow {
  /** Elements from one window to the next. */
  readonly stride: number;
  /** The elements of a window that will be read, counted from its first. */
  readonly offsets: readonly number[];
}

/**
 * Reads of one element of each of four windows that are some elements apart:
 * four elements of each window are loaded at once, and transposed.
 */
export class StridedLoads {
  readonly #known = new Map<string, Term>();

  constructor(readonly out: WatFunction, readonly row: StridedRow) {}

  /** The elements of a tensor at an offset from where the windows begin. */
  read(name: string, at: Term, offset: number): Term {
    const { stride, offsets } = this.row;
    const square = Math.floor(offset / 4);
    const isSingle =
      offsets.filter((other) => Math.floor(other / 4) === square).length < 2;
    if (isSingle) return loadStrided(at, { offset, stride });
    const once = (what: string, compute: () => Term) =>
      this.#once(`${name}.${what}${square}`, compute);
    const row = (lane: number) =>
      once(`row${lane}.`, () => load(at, lane * stride + 4 * square));
    const half = offset >> 1 & 1;
    const pair = (first: number) =>
      once(
        `${["low", "high"][half]}${first}.`,
        () => shuffle(INTERLEAVE[half], row(first), row(first + 1)),
      );
    return shuffle(HALVES[offset & 1], pair(0), pair(2));
  }

  #once(name: string, compute: () => Term): Term {
    const known = this.#known.get(name);
    if (known) return known;
    const term = this.out.set(name, "v128", compute());
    this.#known.set(name, term);
    return term;
  }
}

/**
 * Writes a block of elements of which four windows that follow each other have
 * as many each as there are vectors: `vectors[i]` holds the elements i of all.
 */
export function storeBlock(
  out: WatFunction,
  vectors: readonly Term[],
  at: Term,
): void {
  const stride = vectors.length;
  if (stride <= 2) {
    const rows = stride === 1
      ? vectors
      : INTERLEAVE.map((order) => shuffle(order, vectors[0], vectors[1]));
    for (const [index, row] of rows.entries()) {
      out.line(call(withOffset("v128.store", 4 * index), at, row));
    }
    return;
  }
  const kept = vectors.map((vector, i) =>
    out.set(`strided${i}`, "v128", vector)
  );
  const squares = new Map<number, Term[]>();
  for (let first = 0; first < stride - 1; first += 4) {
    const some = kept.slice(first, first + 4);
    while (some.length < 4) some.push(some[0]);
    const name = `strided${first}`;
    const rows = transposed(out, name, some).map((row, lane) =>
      out.set(`${name}.row${lane}`, "v128", row())
    );
    squares.set(first, rows);
  }
  for (const lane of LANES) {
    for (let first = 0; first < stride; first += 4) {
      const write = (instruction: string, to: number, from: Term) =>
        out.line(call(withOffset(instruction, lane * stride + to), at, from));
      const row = squares.get(first)?.[lane];
      const count = Math.min(4, stride - first);
      // What a vector writes behind its window the next one writes again.
      if (row && (count === 4 || lane < 3)) write("v128.store", first, row);
      else if (row) {
        write("v128.store64_lane 0", first, row);
        if (count === 3) write("v128.store32_lane 2", first + 2, row);
      } else write(`v128.store32_lane ${lane}`, first, kept[first]);
    }
  }
}

/** An instruction that writes so many elements further. */
function withOffset(instruction: string, elements: number): string {
  const [name, ...lane] = instruction.split(" ");
  return [name, `offset=${4 * elements}`, ...lane].join(" ");
}

/** Four numbers a constant number of elements apart. */
function loadStrided(
  at: Term,
  { offset, stride }: { offset: number; stride: number },
): Term {
  let vector = call(`v128.load32_zero offset=${4 * offset}`, at);
  for (let lane = 1; lane < 4; lane++) {
    const bytes = 4 * (offset + lane * stride);
    vector = call(`v128.load32_lane offset=${bytes} ${lane}`, at, vector);
  }
  return vector;
}
