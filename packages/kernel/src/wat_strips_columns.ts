import type { Columns } from "./wat_columns.ts";
import { beats } from "./wat_fold_merge.ts";
import { combineFold, onlyInside } from "./wat_folds.ts";
import { load } from "./wat_frame.ts";
import type { RowFold } from "./wat_rolling_folds.ts";
import { add, bytes, call, get, int, ints, type Term } from "./wat_text.ts";
import { transposed } from "./wat_transposed.ts";

/** The local of the address where a fold's values or places are kept. */
export function stripOf({ name }: RowFold, isPlace = false): string {
  return `strip.${name}${isPlace ? ".at" : ""}`;
}

/** The four windows of a vector. */
const WINDOWS = [0, 1, 2, 3];

/** Vectors of a window that are unrolled at most. */
const UNROLLED = 8;

/**
 * Folds the columns of four windows, of strips into which their rows are
 * folded. A window's columns are read as vectors, which are folded first; then
 * vectors of four windows are transposed, so that lanes are windows.
 */
export function foldStripColumns(
  columns: Columns,
  folds: readonly RowFold[],
): void {
  const { frame, plan: { axes: [, , { size, least }] } } = columns;
  if (size > least) {
    for (const window of WINDOWS) {
      const count = call(`i32x4.extract_lane ${window}`, get("counts"));
      frame.set(`columns.${window}`, "v128", call("i32x4.splat", count));
    }
  }
  for (const fold of folds) new StripFold(columns, fold).emit();
}

/** Candidates of a fold: their values, and where they are. */
interface Candidates {
  readonly value: Term;
  readonly place?: Term;
  /** The lanes that have one, where some may not. */
  readonly mask?: Term;
}

class StripFold {
  constructor(
    readonly columns: Columns,
    readonly fold: RowFold,
  ) {}

  emit(): void {
    const { columns: { evaluator }, fold: { name, values, places } } = this;
    this.#foldVectors();
    this.#foldTaps();
    if (places) evaluator.define(places, this.#place());
    if (values !== places) evaluator.define(values, get(name));
  }

  /** The most columns of a window, and those that all windows have. */
  get #axis(): { size: number; least: number } {
    return this.columns.plan.axes[2];
  }

  /** Folds the vectors of each window, from its first column on. */
  #foldVectors(): void {
    const { columns: { frame } } = this;
    const { size, least } = this.#axis;
    const all = Math.ceil(size / 4);
    // Of windows that are alike and short no column is read but their own.
    const whole = size === least && size < 4 ? all : Math.floor(least / 4);
    const add4 = (tap: number | Term, isWhole: boolean) => {
      const vectors = this.#vectors(tap);
      for (const window of WINDOWS) {
        const mask = isWhole ? undefined : this.#columnsOf(window, tap);
        this.#add(`${this.fold.name}.w${window}`, {
          ...vectors[window],
          mask,
        }, tap === 0);
      }
    };
    const run = (from: number, to: number, isWhole: boolean) => {
      if (to - from <= UNROLLED) {
        for (let at = from; at < to; at++) add4(4 * at, isWhole);
        return;
      }
      // The first vector sets what others are folded with.
      const start = from === 0 ? 1 : from;
      if (from === 0) add4(0, isWhole);
      frame.set("tap", "i32", int(4 * start));
      frame.loop("tap", int(4 * to), () => add4(get("tap"), isWhole), 4);
    };
    run(0, whole, true);
    run(whole, all, false);
  }

  /** Four columns of each window, from a position in the window on. */
  #vectors(tap: number | Term): Candidates[] {
    const { fold } = this;
    return WINDOWS.map((window) => {
      const value = this.#load(stripOf(fold), window, tap);
      if (!fold.places) return { value };
      const row = this.#load(stripOf(fold, true), window, tap);
      const place = call("i32x4.add", row, from(tap));
      return { value, place };
    });
  }

  #load(strip: string, window: number, tap: number | Term): Term {
    const at = add(get(strip), get(`start.${window}`));
    return typeof tap === "number" ? load(at, tap) : load(add(at, bytes(tap)));
  }

  /** Which of four columns a window has. */
  #columnsOf(window: number, tap: number | Term): Term {
    const { size, least } = this.#axis;
    const count = size > least
      ? get(`columns.${window}`)
      : this.columns.frame.integer(size);
    return call("i32x4.gt_s", count, from(tap));
  }

  /** Folds what is left of four windows, column by column. */
  #foldTaps(): void {
    const { columns: { frame }, fold } = this;
    const columnsOf = (of: string) =>
      transposed(
        frame,
        `${fold.name}${of}`,
        WINDOWS.map((window) => get(`${fold.name}.w${window}${of}`)),
      );
    const values = columnsOf("");
    const places = fold.places ? columnsOf(".at") : undefined;
    for (let tap = 0; tap < Math.min(4, this.#axis.size); tap++) {
      const candidate = { value: values[tap](), place: places?.[tap]() };
      this.#add(fold.name, candidate, tap === 0);
    }
  }

  /** Adds candidates to what was accumulated; of equals the first place wins. */
  #add(name: string, candidates: Candidates, first: boolean): void {
    const { columns: { frame, evaluator }, fold: { values, places } } = this;
    const { value, place, mask } = candidates;
    const set = (local: string, term: Term) => frame.set(local, "v128", term);
    const inside = mask && set(`${name}.mask`, mask);
    const kept = inside
      ? onlyInside(evaluator, values, { value, inside })
      : value;
    if (!places) {
      set(name, first ? kept : combineFold(values, get(name), kept));
      return;
    }
    // No place is −1, the greatest without a sign.
    const known = inside
      ? call("v128.or", place!, call("v128.not", inside))
      : place!;
    const at = `${name}.at`;
    if (first) {
      set(name, kept);
      set(at, known);
      return;
    }
    const next = [set(`${name}.next`, kept), set(`${name}.index`, known)];
    const best = [get(name), get(at)];
    const won = set(`${name}.won`, beats(places, next, best));
    for (const [index, local] of [name, at].entries()) {
      set(local, call("v128.bitselect", next[index], best[index], won));
    }
  }

  /** The place of the winner in the plane, −1 where a window has no element. */
  #place(): Term {
    const { columns: { frame }, fold: { name } } = this;
    const at = get(`${name}.at`);
    const inPlane = call("i32x4.add", at, get("starts"));
    if (this.#axis.least > 0) return frame.set(`${name}.at`, "v128", inPlane);
    const isNone = call("i32x4.eq", at, ints(-1, -1, -1, -1));
    const place = call("v128.or", inPlane, isNone);
    return frame.set(`${name}.at`, "v128", place);
  }
}

/** Four numbers from one on. */
function from(first: number | Term): Term {
  if (typeof first !== "number") {
    const start = call("i32x4.splat", first);
    return call("i32x4.add", start, ints(0, 1, 2, 3));
  }
  return ints(first, first + 1, first + 2, first + 3);
}
