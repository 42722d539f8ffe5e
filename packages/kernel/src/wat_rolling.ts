import { countsElements } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import { address } from "./wat_expression.ts";
import { mindsNaN } from "./wat_folds.ts";
import { load, tensorField } from "./wat_frame.ts";
import { RollingRow } from "./wat_rolling_row.ts";
import {
  accumulate,
  keptVectors,
  neutral,
  type RollingCase,
  rollingCase,
  type RowFold,
} from "./wat_rolling_folds.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  ints,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";
import { WindowVector } from "./wat_window_vector.ts";

/** The label of the text for windows that are unusual, or could hold NaN. */
const GENERAL = "$general";

/**
 * The schedule `rolling`: each row of the input is folded along its columns
 * once, for all windows that reach into it, and kept in a ring of as many rows
 * as a window has; a row of windows folds the rows of the ring.
 */
export function emitRollingWindow(columns: Columns): void {
  new Rolling(columns).emit();
}

class Rolling {
  readonly #case: RollingCase;
  readonly #folds: readonly RowFold[];
  readonly #kept: number;

  constructor(readonly columns: Columns) {
    this.#case = rollingCase(columns.program)!;
    this.#folds = this.#case.folds;
    this.#kept = keptVectors(this.#folds);
  }

  emit(): void {
    const { columns } = this;
    const { frame, depth, height } = columns;
    this.#placeRing();
    // All that is read is looked at, so all of it must lie inside.
    columns.setLastInside(4 * columns.reachedVectors);
    columns.forEachRow({ depth: depth.output, height: height.output }, () => {
      height.find(get("row_h"), int(0));
      frame.set("first_row", "i32", height.first);
      frame.set("end_row", "i32", add(height.start, height.to));
      const begins = call(
        "i32.or",
        call("i32.eqz", get("row_h")),
        call("i32.eq", get("row"), get("begin")),
      );
      frame.when(begins, () => {
        frame.set("ready", "i32", get("first_row"));
        frame.set("unusual", "i32", int(-1));
      });
      frame.repeat(call("i32.lt_s", get("ready"), get("end_row")), () => {
        this.#emitRow();
        frame.set("ready", "i32", add(get("ready"), 1));
      });
      this.#setRows();
      frame.set("to", "i32", mul(get("row"), columns.width.output));
      this.#emitWindows();
    });
  }

  /** The rows of a window. */
  get #rows(): number {
    return this.columns.plan.axes[1].size;
  }

  /** Whether some rows of a window may lie outside. */
  get #cut(): boolean {
    const { before, cutBack } = this.columns.plan.axes[1];
    return before > 0 || cutBack;
  }

  /** Finds this thread's ring, and the row behind it that changes nothing. */
  #placeRing(): void {
    const { frame, width } = this.columns;
    const vectors = call("i32.shr_u", add(width.output, 3), int(2));
    frame.set("pitch", "i32", call("i32.shl", vectors, int(4)));
    frame.set("row_bytes", "i32", mul(get("pitch"), this.#kept));
    frame.set("ring", "i32", frame.buffers);
    if (!this.#cut) return;
    frame.set("column", "i32", int(0));
    const none = add(get("ring"), mul(get("row_bytes"), this.#rows));
    frame.set("none", "i32", none);
    frame.loop("column", width.output, () => {
      for (const { offset, fold, isPlace } of this.#slots) {
        const value = isPlace
          ? ints(-1, -1, -1, -1)
          : frame.constant(neutral(fold));
        const at = add(get("none"), mul(get("pitch"), offset));
        const store = add(at, bytes(get("column")));
        frame.line(call("v128.store", store, value));
      }
    }, 4);
  }

  /** What a row of the ring holds, in order. */
  get #slots(): { offset: number; fold: RowFold; isPlace: boolean }[] {
    return this.#folds.flatMap((fold) =>
      fold.places
        ? [{ fold, isPlace: false }, { fold, isPlace: true }]
        : [{ fold, isPlace: false }]
    ).map((slot, offset) => ({ ...slot, offset }));
  }

  /** Folds row `ready` of the input into the ring. */
  #emitRow(): void {
    const { columns } = this;
    const { frame, width, program, plan } = columns;
    const row = columns.rowIndex(int(0), get("ready"));
    const start = sub(mul(row, width.input), plan.axes[2].before);
    frame.set("row_position", "i32", start);
    for (const { name, role } of program.tensors) {
      if (role !== "element") continue;
      const at = add(columns.planeStart, get("row_position"));
      frame.set(`from.${name}`, "i32", address(tensorField(name), at));
    }
    for (const { offset } of this.#slots) {
      const at = add(this.#ringRow(get("ready")), mul(get("pitch"), offset));
      frame.set(`keep.${offset}`, "i32", at);
    }
    const { folds, checks } = this.#case;
    const couldMeetNaN = folds.some(({ values }) => mindsNaN(values));
    if (couldMeetNaN) frame.set("met", "v128", frame.constant(0));
    if (checks.length > 0) frame.set("passes", "v128", ints(-1, -1, -1, -1));
    new RollingRow(columns, this.#case, {
      from: (name) => get(`from.${name}`),
      to: (slot) => get(`keep.${slot}`),
      position: get("row_position"),
      met: "met",
      passes: "passes",
    }).emit();
    const faults: Term[] = [];
    if (couldMeetNaN) faults.push(call("f32x4.ne", get("met"), get("met")));
    if (checks.length > 0) faults.push(call("v128.not", get("passes")));
    for (const fault of faults) {
      frame.when(call("v128.any_true", fault), () => {
        frame.set("unusual", "i32", get("ready"));
      });
    }
  }

  /** The address of what is kept of a row of the input. */
  #ringRow(row: Term): Term {
    const turn = call("i32.rem_u", row, int(this.#rows));
    return add(get("ring"), mul(turn, get("row_bytes")));
  }

  /** Sets the addresses of what is kept of each row of the windows. */
  #setRows(): void {
    const { frame, height } = this.columns;
    for (let row = 0; row < this.#rows; row++) {
      const at = frame.set("at_row", "i32", add(height.start, row));
      const kept = this.#ringRow(at);
      const inside = call("i32.lt_u", at, height.input);
      const start = this.#cut
        ? call("select", kept, get("none"), inside)
        : kept;
      frame.set("row_at", "i32", start);
      for (const { offset } of this.#slots) {
        const slot = add(get("row_at"), mul(get("pitch"), offset));
        frame.set(`row${row}.${offset}`, "i32", slot);
      }
    }
  }

  /** Folds the rows of the ring for a row of windows. */
  #emitWindows(): void {
    const { columns } = this;
    const { frame, width, program } = columns;
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      columns.overlapLast();
      frame.orElse(GENERAL, () => {
        const usual = call("i32.lt_s", get("unusual"), get("first_row"));
        frame.leaveUnless(GENERAL, usual);
        // Counts differ where columns lie outside, all else does not.
        const [alike, last] = this.#usesCounts
          ? [columns.isInside(), get("last_inside")]
          : [
            call("i32.ge_s", width.output, int(4)),
            sub(width.output, 4),
          ];
        frame.when(
          alike,
          () => frame.alongRow(last, () => this.#emitVector(false)),
          () => this.#emitVector(true),
        );
      }, () => {
        // Some windows are unusual, or met what is no number.
        new WindowVector(columns, {
          masked: true,
          unrolled: [],
          outputs: program.outputs,
        }).emit();
      });
    }, 4);
  }

  get #usesCounts(): boolean {
    return countsElements(this.#case.outputs.map(({ value }) => value));
  }

  #emitVector(masked: boolean): void {
    const { columns } = this;
    const { outputs, conditions } = this.#case;
    new WindowVector(columns, {
      masked,
      unrolled: [],
      outputs,
      conditions,
      general: GENERAL,
      fold: () => this.#foldRows(),
    }).emit();
  }

  #foldRows(): void {
    const { frame, evaluator } = this.columns;
    for (let row = 0; row < this.#rows; row++) {
      let slot = 0;
      const kept = () =>
        load(add(get(`row${row}.${slot++}`), bytes(get("column"))));
      for (const fold of this.#folds) {
        let value = kept();
        if (fold.places) value = frame.set(`${fold.name}.tap`, "v128", value);
        const place = fold.places ? kept() : undefined;
        accumulate(evaluator, fold, { value, place, first: row === 0 });
      }
    }
    for (const fold of this.#folds) {
      const { values, places, name } = fold;
      if (places) {
        // An element as bad as none could have lost its place to none.
        const none = frame.constant(neutral(fold));
        const isNone = call("f32x4.eq", get(name), none);
        frame.line(`(br_if ${GENERAL} ${call("v128.any_true", isNone)})`);
        evaluator.define(places, get(`${name}.at`));
      }
      if (values !== places) evaluator.define(values, get(name));
    }
  }
}
