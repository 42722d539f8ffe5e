import type { Columns } from "./wat_columns.ts";
import { address, lanes } from "./wat_expression.ts";
import { giveRow } from "./wat_give_row.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { UNKNOWN_PLACE } from "./wat_place.ts";
import { countOfWindows, findWindows, groupOf } from "./wat_tables_window.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  greater,
  int,
  ints,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";
import { shuffle } from "./wat_transposed.ts";

/**
 * Runs a gather program whose windows give the same to all of their elements:
 * what a row of windows gives to the columns of a row is added up once, and goes
 * to all rows that these windows hold.
 *
 * A row is a plane. Rows of it that no window has reached before are set, so
 * that little is read again.
 */
export function emitStripsGather(columns: Columns): void {
  new StripsGather(columns).emit();
}

class StripsGather {
  constructor(readonly columns: Columns) {}

  emit(): void {
    const { columns, columns: { frame, depth, height } } = this;
    frame.set("strip", "i32", frame.buffers);
    frame.set("plane", "i32", get("begin"));
    frame.loop("plane", get("end"), () => {
      const channels = frame.field("channels");
      frame.set("channel", "i32", call("i32.rem_u", get("plane"), channels));
      const result = resultField(columns.program.outputs[0].name);
      frame.set("target", "i32", address(result, columns.planeStart));
      this.#forEachWindow(depth, () => {
        this.#forEachWindow(height, () => {
          this.#setStrip();
          this.#giveStrip();
        }, (from, to) => this.#forEachNewSlice(() => this.#clear(from, to)));
      }, (from, to) => {
        frame.set("slice", "i32", from);
        frame.loop("slice", to, () => this.#clear(int(0), height.input));
      });
    });
  }

  /**
   * Runs lines for each window of an axis, and others for the elements that
   * none holds; elements in front of `done_x` were in a window before.
   */
  #forEachWindow(
    axis: AxisRanges,
    body: () => void,
    clear: (from: Term, to: Term) => void,
  ): void {
    const { columns, columns: { frame } } = this;
    if (axis.axis.absent) return body();
    const [row, done] = [`row_${axis.letter}`, `done_${axis.letter}`];
    frame.set(done, "i32", int(0));
    frame.set(row, "i32", int(0));
    frame.loop(row, axis.output, () => {
      axis.find(get(row), groupOf(columns));
      frame.when(axis.count(), () => {
        clear(get(done), axis.first);
        body();
        frame.set("reached", "i32", add(axis.first, axis.count()));
        frame.set(done, "i32", greater(get("reached"), get(done)));
      });
    });
    clear(get(done), axis.input);
  }

  /** Runs lines for each slice of the windows that is new to the plane. */
  #forEachNewSlice(body: () => void): void {
    const { columns: { frame, depth } } = this;
    frame.set("slice", "i32", int(0));
    if (depth.axis.absent) return body();
    frame.set("slice", "i32", greater(get("done_d"), depth.first));
    frame.set("slice_end", "i32", add(depth.first, depth.count()));
    frame.loop("slice", get("slice_end"), body);
  }

  /** Sets some rows of a slice to zeros. */
  #clear(from: Term, to: Term): void {
    const { frame, height, width } = this.columns;
    frame.set("rows", "i32", sub(to, from));
    frame.when(call("i32.gt_s", get("rows"), int(0)), () => {
      const row = mul(add(mul(get("slice"), height.input), from), width.input);
      const at = add(get("target"), bytes(row));
      const length = bytes(mul(get("rows"), width.input));
      frame.line(call("memory.fill", at, int(0), length));
    });
  }

  /** Adds up what a row of windows gives to each column. */
  #setStrip(): void {
    const { frame, depth, height, width } = this.columns;
    frame.set("offset", "i32", int(0));
    frame.loop("offset", bytes(width.input), () => {
      const at = add(get("strip"), get("offset"));
      frame.line(call("v128.store", at, floats(0)));
    }, 16);
    const plane = mul(get("plane"), frame.field("out_plane"));
    const windows = (axis: AxisRanges, above: Term) =>
      axis.axis.absent
        ? above
        : add(mul(above, axis.output), get(`row_${axis.letter}`));
    const row = windows(height, windows(depth, int(0)));
    frame.set("to", "i32", add(plane, mul(row, width.output)));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => this.#addWindows(), 4);
  }

  /** Adds what four windows give to the columns that they hold. */
  #addWindows(): void {
    const { columns, columns: { frame, evaluator, program, width } } = this;
    findWindows(columns);
    const window = add(get("to"), get("column"));
    evaluator.nextVector();
    evaluator.place = {
      ...UNKNOWN_PLACE,
      perWindow: (name) => load(address(tensorField(name), window)),
      channel: (name) => columns.channelParameter(name),
      plane: (name) => columns.planeParameter(name),
      windowIndex: () => lanes(window, 1),
      count: () => countOfWindows(columns),
    };
    const [{ value }] = program.outputs;
    frame.set("gifts", "v128", evaluator.evaluate(value));
    frame.nest("(block $added", () => {
      for (let lane = 0; lane < 4; lane++) {
        const over = call("i32.ge_s", add(get("column"), lane), width.output);
        if (lane > 0) frame.line(`(br_if $added ${over})`);
        const gift = shuffle(Array(4).fill(lane), get("gifts"));
        frame.set("gift", "v128", gift);
        frame.set("at", "i32", add(get("strip"), get(`start.${lane}`)));
        const count = call(`i32x4.extract_lane ${lane}`, get("counts"));
        frame.set("count", "i32", count);
        const give = (gift: Term) => {
          const sum = call("f32x4.add", load(get("at")), gift);
          frame.line(call("v128.store", get("at"), sum));
        };
        frame.repeat(call("i32.ge_s", get("count"), int(4)), () => {
          give(get("gift"));
          frame.set("at", "i32", add(get("at"), 16));
          frame.set("count", "i32", sub(get("count"), 4));
        });
        frame.when(call("i32.gt_s", get("count"), int(0)), () => {
          const rest = call("i32x4.splat", get("count"));
          const mask = call("i32x4.gt_s", rest, ints(0, 1, 2, 3));
          give(call("v128.and", get("gift"), mask));
        });
      }
    });
  }

  /** Gives what was added up to all rows that the windows hold. */
  #giveStrip(): void {
    const { columns, columns: { frame, depth, height, width } } = this;
    depth.forEach(() =>
      height.forEach(() => {
        const row = mul(columns.rowIndex(depth.at, height.at), width.input);
        frame.set("row_at", "i32", add(get("target"), bytes(row)));
        const isNew = [depth, height].filter(({ axis }) => !axis.absent)
          .map(({ at, letter }) => call("i32.ge_s", at, get(`done_${letter}`)))
          .reduce((a, b) => call("i32.and", a, b), int(1));
        const give = (adds: boolean) => () =>
          giveRow(frame, { from: "strip", to: "row_at", width, adds });
        frame.when(isNew, give(false), give(true));
      })
    );
  }
}
