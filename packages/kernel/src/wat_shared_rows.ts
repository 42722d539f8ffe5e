import type { Program } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import { address, lanes } from "./wat_expression.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import { UNKNOWN_PLACE } from "./wat_place.ts";
import type { WatPlan } from "./wat_plan.ts";
import { reachesOf } from "./wat_reaches.ts";
import { giveRow } from "./wat_give_row.ts";
import { storeBlock } from "./wat_strided.ts";
import { add, bytes, call, floats, get, int, mul, sub } from "./wat_text.ts";

/**
 * Whether windows give the same to all of their elements, and rows of elements
 * are in more than one row of windows: what a row of windows gives to the
 * columns is then best added up once for all rows that it holds. Averages in
 * training, two threads: 3×3/2 of 8×64×112×112 takes 2.2 ms instead of 3.0, of
 * 8×192×27×27 0.6 instead of 1.1, and 3×3/1 of 8×192×28×28 1.5 instead of 2.4.
 */
export function sharesRows(
  { kind, outputs: [{ value }] }: Program,
  { schedule, axes: [depth, height] }: WatPlan,
): boolean {
  return kind === "gather" && schedule === "columns" &&
    value.level !== "element" && depth.absent && height.dilation === 1 &&
    height.size > height.stride;
}

/** The bytes of a row of elements, and all that a thread keeps. */
export function sharedRowBuffers(
  { axes: [, height, width] }: WatPlan,
  { columns, windows }: { readonly columns: number; readonly windows: number },
): { row: number; all: number } {
  const block = 4 * width.stride;
  const row = 4 * block * Math.ceil(columns / block);
  const margin = marginOf(width);
  // A block reads windows behind the last one, and in front of the first.
  const gifts = 4 *
    (Math.max(windows, columns / width.stride) + 2 * margin + 8);
  const most = Math.ceil(height.size / height.stride);
  return { row, all: row * most + 16 * Math.ceil(gifts / 16) };
}

/** Windows in front of a block's first one, or behind it, that reach into it. */
function marginOf(width: WatPlan["axes"][2]): number {
  return Math.max(...reachesOf(width).map(({ shift }) => Math.abs(shift)));
}

/**
 * Runs such a program. What each window gives stands in a row with zeros around
 * it; what a row of windows gives to the columns, in a ring of as many rows as
 * can hold an element; and rows of elements are sums of rows of the ring.
 */
export function emitSharedRows(columns: Columns): void {
  new SharedRows(columns).emit();
}

class SharedRows {
  constructor(readonly columns: Columns) {}

  emit(): void {
    const { columns, columns: { frame, depth, height, width, plan } } = this;
    const { size, stride } = plan.axes[1];
    frame.set("ring", "i32", frame.buffers);
    const most = Math.ceil(size / stride);
    const rows = mul(frame.field("shared_bytes"), most);
    frame.set("gifts", "i32", add(get("ring"), rows));
    const behind = sub(
      add(frame.buffers, frame.field("buffers_bytes")),
      get("gifts"),
    );
    frame.line(call("memory.fill", get("gifts"), int(0), behind));
    const first = add(get("gifts"), 4 * marginOf(plan.axes[2]));
    frame.set("gifts", "i32", first);
    const setRow = (name: string, window: string) => {
      const turn = call("i32.rem_u", get(window), int(most));
      const row = mul(turn, frame.field("shared_bytes"));
      frame.set(name, "i32", add(get("ring"), row));
    };
    columns.forEachRow({ depth: depth.input, height: height.input }, () => {
      height.findCovering(get("row_h"), int(0));
      const begins = call(
        "i32.or",
        call("i32.eqz", get("row_h")),
        call("i32.eq", get("row"), get("begin")),
      );
      frame.when(begins, () => frame.set("window_h", "i32", get("first_h")));
      frame.loop("window_h", add(get("last_h"), 1), () => {
        height.find(get("window_h"), int(0));
        this.#setGifts();
        setRow("shared", "window_h");
        this.#setShared();
      });
      this.#setTarget();
      frame.set("giver", "i32", get("first_h"));
      frame.loop("giver", add(get("last_h"), 1), () => {
        setRow("shared", "giver");
        const isFirst = call("i32.eq", get("giver"), get("first_h"));
        const give = (adds: boolean) => () =>
          giveRow(frame, { from: "shared", to: "target", width, adds });
        frame.when(isFirst, give(false), give(true));
      });
    });
  }

  /** Evaluates what each window of row `window_h` gives. */
  #setGifts(): void {
    const { columns, columns: { frame, evaluator, program, width } } = this;
    const plane = mul(get("plane"), frame.field("out_plane"));
    const row = mul(get("window_h"), width.output);
    frame.set("to", "i32", add(plane, row));
    const window = add(get("to"), get("column"));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.output, () => {
      evaluator.nextVector();
      evaluator.place = {
        ...UNKNOWN_PLACE,
        perWindow: (name) => load(address(tensorField(name), window)),
        channel: (name) => columns.channelParameter(name),
        plane: (name) => columns.planeParameter(name),
        windowIndex: () => lanes(window, 1),
        count: (padded) => columns.countsFrom(get("column"), padded),
      };
      const end = call("i32x4.splat", width.output);
      const isWindow = call("i32x4.lt_s", lanes(get("column"), 1), end);
      const gift = evaluator.evaluate(program.outputs[0].value);
      const at = add(get("gifts"), bytes(get("column")));
      const given = call("v128.and", gift, isWindow);
      frame.line(call("v128.store", at, given));
    }, 4);
  }

  /** Adds up what these windows give to each column of a row. */
  #setShared(): void {
    const { frame, plan, width } = this.columns;
    const { stride } = plan.axes[2];
    const reaches = reachesOf(plan.axes[2]);
    const margin = marginOf(plan.axes[2]);
    frame.set("block_at", "i32", sub(get("gifts"), 4 * margin));
    frame.set("column", "i32", int(0));
    frame.loop("column", width.input, () => {
      const sums = Array.from({ length: stride }, (_, phase) => {
        const [first = floats(0), ...others] = reaches
          .filter((reach) => reach.phase === phase)
          .map(({ shift }) => load(get("block_at"), shift + margin));
        return others.reduce((a, b) => call("f32x4.add", a, b), first);
      });
      storeBlock(frame, sums, add(get("shared"), bytes(get("column"))));
      frame.set("block_at", "i32", add(get("block_at"), 16));
    }, 4 * stride);
  }

  /** Sets where the row of elements begins; it is 0 where no window holds it. */
  #setTarget(): void {
    const { columns, columns: { frame, width, program } } = this;
    const row = mul(columns.rowIndex(int(0), get("row_h")), width.input);
    const result = resultField(program.outputs[0].name);
    const at = address(result, add(columns.planeStart, row));
    frame.set("target", "i32", at);
    const isNone = call("i32.gt_s", get("first_h"), get("last_h"));
    const length = bytes(width.input);
    frame.when(
      isNone,
      () => frame.line(call("memory.fill", get("target"), int(0), length)),
    );
  }
}
