import type { Columns } from "./wat_columns.ts";
import { vectorsOf } from "./wat_cost.ts";
import { address } from "./wat_expression.ts";
import { addCandidate, leaveIfNaN } from "./wat_folds.ts";
import { load, tensorField } from "./wat_frame.ts";
import { accumulate, foldsAlone, type RowFold } from "./wat_rolling_folds.ts";
import { foldStripColumns, stripOf } from "./wat_strips_columns.ts";
import { emitTablesVector, groupOf } from "./wat_tables_window.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  int,
  mul,
  type Term,
} from "./wat_text.ts";

/** The label of the text for rows of windows that met NaN. */
const GENERAL = "$general";

/** Rows that are folded at a time, and then half as many. */
const AT_A_TIME = 4;

/**
 * The schedule `strips`: the rows of the input that a row of windows holds are
 * folded into one, all columns alike and as they lie in memory, and then the
 * columns of each window.
 */
export function emitStripsWindow(columns: Columns): void {
  new Strips(columns).emit();
}

/** A fold of one of some neighbouring vectors of columns. */
interface VectorFold extends RowFold {
  /** The address of what is kept of it, or of its places. */
  kept(isPlace?: boolean): Term;
}

function isSum({ values }: RowFold): boolean {
  return values.operation === "sum";
}

class Strips {
  readonly #folds: readonly RowFold[];
  /** Whether NaN must be looked for among what is read. */
  readonly #mindsNaN: boolean;

  constructor(readonly columns: Columns) {
    this.#folds = foldsAlone(columns.program.outputs)!;
    this.#mindsNaN = !this.#folds.every(isSum);
  }

  emit(): void {
    const { columns, columns: { frame, depth, height, width } } = this;
    this.#placeStrips();
    columns.forEachRow({ depth: depth.output, height: height.output }, () => {
      const group = groupOf(columns);
      depth.find(columns.rowDepth, group);
      height.find(get("row_h"), group);
      frame.set("to", "i32", mul(get("row"), width.output));
      frame.orElse(GENERAL, () => {
        this.#foldRows();
        this.#forEachVector(() =>
          emitTablesVector(
            columns,
            () => foldStripColumns(columns, this.#folds),
          )
        );
      }, () => {
        // The row is unusual, or met what is no number.
        this.#forEachVector(() => emitTablesVector(columns));
      });
    });
  }

  /** Finds where this thread keeps what rows are folded into. */
  #placeStrips(): void {
    const { columns: { frame } } = this;
    frame.set("strip", "i32", frame.buffers);
    const keep = (name: string) => {
      frame.set(name, "i32", get("strip"));
      frame.set("strip", "i32", add(get("strip"), frame.field("strip_bytes")));
    };
    for (const fold of this.#folds) {
      keep(stripOf(fold));
      if (fold.places) keep(stripOf(fold, true));
    }
  }

  #forEachVector(body: () => void): void {
    const { columns, columns: { frame, width } } = this;
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      columns.overlapLast();
      body();
    }, 4);
  }

  /** Folds the rows that the row of windows holds. */
  #foldRows(): void {
    const { columns, columns: { frame, evaluator, depth, height } } = this;
    // A row of windows may be empty.
    for (const axis of [depth, height]) {
      if (axis.axis.absent) continue;
      frame.leaveUnless(GENERAL, axis.count());
    }
    if (this.#mindsNaN) frame.set("met", "v128", floats(0));
    const bodies = this.#folds.map(({ body }) => body);
    evaluator.nextVector();
    evaluator.place = {
      ...evaluator.place,
      channel: (name) => columns.channelParameter(name),
      plane: (name) => columns.planeParameter(name),
    };
    evaluator.prepare(bodies);
    const { width } = columns;
    const step = mul(width.input, height.axis.dilation);
    frame.set("row_step", "i32", step);
    frame.set("fresh", "i32", int(1));
    depth.forEach(() => {
      const first = columns.rowIndex(depth.at, height.first);
      frame.set("position", "i32", mul(first, width.input));
      frame.set("rows_left", "i32", height.count());
      for (let rows = AT_A_TIME; rows >= 1; rows /= 2) {
        const enough = call("i32.ge_s", get("rows_left"), int(rows));
        frame.repeat(enough, () => this.#addRows(rows, vectorsOf(bodies)));
      }
    });
    if (this.#mindsNaN) leaveIfNaN(frame, ["met"], GENERAL);
  }

  /** Folds some rows with what is kept of those before, all columns alike. */
  #addRows(rows: number, most: number): void {
    const { columns, columns: { frame, program, width } } = this;
    const next = (local: string, by: Term) =>
      frame.set(local, "i32", add(get(local), by));
    for (const { name, role } of program.tensors) {
      if (role !== "element") continue;
      const first = add(columns.planeStart, get("position"));
      frame.set("row_at", "i32", address(tensorField(name), first));
      for (let row = 0; row < rows; row++) {
        frame.set(`${name}.row${row}`, "i32", get("row_at"));
        next("row_at", bytes(get("row_step")));
      }
    }
    for (let row = 0; row < rows; row++) {
      if (this.#folds.some(({ places }) => places)) {
        const place = call("i32x4.splat", get("position"));
        frame.set(`place.row${row}`, "v128", place);
      }
      next("position", get("row_step"));
    }
    frame.set("offset", "i32", int(0));
    for (let vectors = most; vectors >= 1; vectors /= 2) {
      // What lies behind the row is folded, too, and nobody reads it.
      const end = add(bytes(width.input), 16 - 16 * vectors);
      const fold = () => this.#addVectors(rows, vectors);
      frame.loop("offset", end, fold, 16 * vectors);
    }
    frame.set("fresh", "i32", int(0));
    next("rows_left", int(-rows));
  }

  /** Folds some vectors of neighbouring columns of the rows. */
  #addVectors(rows: number, vectors: number): void {
    const { columns: { frame } } = this;
    const all = Array.from(
      { length: vectors },
      (_, vector) =>
        this.#folds.map((fold): VectorFold => ({
          ...fold,
          name: `${fold.name}.v${vector}`,
          kept: (isPlace = false) => {
            const at = add(get(stripOf(fold, isPlace)), get("offset"));
            return add(at, 16 * vector);
          },
        })),
    );
    frame.when(get("fresh"), () => {
      // Extremes start from the first element, which is then met once more.
      for (const [vector, folds] of all.entries()) {
        this.#read(0, vector);
        for (const fold of folds) {
          if (isSum(fold)) frame.set(fold.name, "v128", floats(0));
          else this.#accumulate(fold, 0, true);
        }
      }
    }, () => {
      for (const { name, places, kept } of all.flat()) {
        frame.set(name, "v128", load(kept()));
        if (places) frame.set(`${name}.at`, "v128", load(kept(true)));
      }
    });
    for (const [vector, folds] of all.entries()) {
      for (let row = 0; row < rows; row++) {
        this.#read(row, vector);
        for (const fold of folds) {
          if (isSum(fold)) this.#addToPart(fold, row, rows);
          else this.#accumulate(fold, row, false);
        }
        this.#look(row, folds);
      }
      if (this.#mindsNaN) addCandidate(frame, "met", get("met.part"));
    }
    for (const { name, places, kept } of all.flat()) {
      frame.line(call("v128.store", kept(), get(name)));
      if (!places) continue;
      frame.line(call("v128.store", kept(true), get(`${name}.at`)));
    }
  }

  /** Reads elements where one of the vectors lies in one of the rows. */
  #read(row: number, vector: number): void {
    const { evaluator } = this.columns;
    evaluator.nextElement();
    evaluator.place = {
      ...evaluator.place,
      element: (name) =>
        load(add(get(`${name}.row${row}`), get("offset")), 4 * vector),
    };
  }

  #accumulate(fold: VectorFold, row: number, first: boolean): void {
    const { evaluator } = this.columns;
    const value = evaluator.evaluate(fold.body);
    const place = fold.places ? get(`place.row${row}`) : undefined;
    accumulate(evaluator, fold, { value, place, first });
  }

  /** Adds up the rows, and at last what was kept of those before. */
  #addToPart({ name, body }: VectorFold, row: number, rows: number): void {
    const { frame, evaluator } = this.columns;
    const value = evaluator.inline(body);
    const part = `${name}.part`;
    addCandidate(frame, part, value, row === 0);
    if (row === rows - 1) addCandidate(frame, name, get(part));
  }

  /** Looks for NaN. */
  #look(row: number, folds: readonly VectorFold[]): void {
    const { frame, evaluator } = this.columns;
    for (const [index, fold] of folds.filter((it) => !isSum(it)).entries()) {
      const value = evaluator.evaluate(fold.body);
      addCandidate(frame, "met.part", value, row === 0 && index === 0);
    }
  }
}
