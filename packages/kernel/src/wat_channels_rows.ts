import type { Expression } from "./expression.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import { emitFoldedColumns } from "./wat_channels_columns.ts";
import { foldsOfRows } from "./wat_channels_plan.ts";
import { VECTORS } from "./wat_cost.ts";
import { address } from "./wat_expression.ts";
import {
  addCandidate,
  combineFold,
  leaveIfNaN,
  mindsNaN,
  nanLanes,
  startOf,
} from "./wat_folds.ts";
import { load, tensorField } from "./wat_frame.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  int,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";

/** Rows that are folded at a time: as many as windows have, up to a number. */
const AT_A_TIME = { fixed: 8, others: 4 };

/** What a loop along rows takes at a time. */
type Grain = "vectors" | "vector" | "element";

/**
 * Runs a window program on rows of windows: it folds rows of the input into a
 * buffer, all their columns and channels alike, and then columns of the buffer.
 *
 * @param emitWindow the text for a window of a row that met what is no number
 */
export function emitChannelsRows(
  channels: Channels,
  emitWindow: () => void,
): void {
  const { frame, axes, element, group } = channels;
  const [depth, height, width] = axes;
  const rows = new FoldedRows(channels);
  rows.open();
  frame.set("row", "i32", get("begin"));
  frame.loop("row", get("end"), () => {
    const parts = frame.field("parts");
    frame.set("part", "i32", call("i32.rem_u", get("row"), parts));
    frame.set("item", "i32", call("i32.div_u", get("row"), parts));
    for (const { letter, output } of [height, depth]) {
      const at = call("i32.rem_u", get("item"), output);
      frame.set(`element_${letter}`, "i32", at);
      frame.set("item", "i32", call("i32.div_u", get("item"), output));
    }
    channels.setPart();
    depth.find(element[0], group);
    height.find(element[1], group);
    frame.nest("(block $done", () => {
      frame.nest("(block $general", () => {
        rows.emit();
        emitFoldedColumns(channels, rows.folds);
        frame.line("(br $done)");
      });
      frame.comment("the row met what is no number");
      frame.set("element_w", "i32", int(0));
      frame.loop("element_w", width.output, () => {
        frame.set("to_plane", "i32", channels.inPlane("out", element));
        emitWindow();
      });
    });
  });
}

/** The local of the address of column 0 of a fold's buffer. */
export function bufferOf(channels: Channels, fold: Expression): string {
  return `buffer.${channels.evaluator.name(fold)}`;
}

/** Folds of rows of the input, all their columns and channels alike. */
class FoldedRows {
  readonly folds: readonly Expression[];
  readonly #inputs: readonly string[];

  constructor(readonly channels: Channels) {
    this.folds = foldsOfRows(channels.program);
    this.#inputs = channels.program.tensors
      .filter(({ role }) => role === "element").map(({ name }) => name);
  }

  /** Sets where the thread's buffers are, and what they hold at first. */
  open(): void {
    const { channels, channels: { frame } } = this;
    const own = mul(frame.thread, frame.field("buffers_bytes"));
    frame.set("buffer", "i32", add(frame.field("buffers"), own));
    for (const [index, fold] of this.folds.entries()) {
      const start = add(
        add(get("buffer"), mul(frame.field("buffer_bytes"), index)),
        bytes(frame.field("buffer_before")),
      );
      frame.set(bufferOf(channels, fold), "i32", start);
    }
    this.#fill();
  }

  /** Folds the rows of the windows of a row, unless they met what is no number. */
  emit(): void {
    const { channels: { frame, plan, axes } } = this;
    const [depth, height] = axes;
    for (const name of this.#candidates(VECTORS)) {
      frame.set(name, "v128", floats(0));
    }
    const { kind, size } = plan.axes[1];
    const fixed = kind === "slide" && size <= AT_A_TIME.fixed;
    const count = fixed ? size : AT_A_TIME.others;
    const each = () => {
      this.#fill();
      depth.forEach(() => {
        frame.set("tap_h", "i32", height.from);
        if (!fixed) {
          const end = sub(height.to, count - 1);
          frame.loop("tap_h", end, () => this.#addRows(count, false), count);
        }
        frame.loop("tap_h", height.to, () => this.#addRows(1, false));
      });
    };
    const together = () => {
      frame.set("tap_h", "i32", int(0));
      this.#addRows(count, true);
    };
    const whole = height.isWhole();
    if (!fixed || !depth.axis.absent) each();
    else if (whole) frame.when(whole, together, each);
    else together();
    const candidates = this.#candidates(VECTORS);
    leaveIfNaN(frame, candidates, "$general");
  }

  /** The locals that add up candidates, for some vectors. */
  #candidates(vectors: number): string[] {
    return this.folds.filter(mindsNaN).flatMap((fold) =>
      Array.from({ length: vectors }, (_, v) => this.#candidatesOf(fold, v))
    );
  }

  #candidatesOf(fold: Expression, vector: number): string {
    return `${nanLanes(this.channels.evaluator.name(fold))}.${vector}`;
  }

  /** Fills the buffers with what changes no fold. */
  #fill(): void {
    const { channels, channels: { frame } } = this;
    for (const fold of this.folds) {
      const before = bytes(frame.field("buffer_before"));
      const at = sub(get(bufferOf(channels, fold)), before);
      const start = frame.constant(startOf(fold));
      frame.set("fill", "i32", int(0));
      frame.loop("fill", frame.field("buffer_bytes"), () => {
        frame.set("fill_at", "i32", add(at, get("fill")));
        for (let v = 0; v < VECTORS; v++) {
          const store = `v128.store offset=${16 * v}`;
          frame.line(call(store, get("fill_at"), start));
        }
      }, 16 * VECTORS);
    }
  }

  /** Folds rows from `tap_h` on, with what is in the buffers or without. */
  #addRows(rows: number, first: boolean): void {
    const { channels, channels: { frame, axes } } = this;
    const [depth, height] = axes;
    for (let row = 0; row < rows; row++) {
      const place = [
        depth.at,
        add(height.start, mul(add(get("tap_h"), row), height.axis.dilation)),
        int(0),
      ];
      frame.set("channel", "i32", channels.range.from);
      const inPlane = channels.inPlane("in", place);
      const index = channels.index("in", { item: get("item"), inPlane });
      for (const name of this.#inputs) {
        const at = address(tensorField(name), index);
        frame.set(`${name}.row${row}`, "i32", at);
      }
    }
    frame.set("run", "i32", int(0));
    frame.set("offset", "i32", int(0));
    frame.loop("run", get("runs"), () => {
      const step = bytes(frame.field("channels"));
      frame.set("offset", "i32", mul(get("run"), step));
      const end = add(get("offset"), bytes(get("run_length")));
      frame.set("run_end", "i32", end);
      const loop = (grain: Grain, length: number) =>
        frame.loop(
          "offset",
          sub(get("run_end"), 4 * length - 4),
          () => this.#addElements(grain, { rows, first }),
          4 * length,
        );
      if (rows > 1 && isWide(channels)) loop("vectors", 4 * VECTORS);
      loop("vector", 4);
      loop("element", 1);
    });
  }

  /** Folds neighbouring elements of the rows. */
  #addElements(
    grain: Grain,
    { rows, first }: { rows: number; first: boolean },
  ): void {
    const { channels, channels: { frame, evaluator } } = this;
    const [read, write] = grain === "element"
      ? ["v128.load32_zero", "v128.store32_lane"]
      : ["v128.load", "v128.store"];
    for (let v = 0; v < (grain === "vectors" ? VECTORS : 1); v++) {
      const vectors = (at: Term) =>
        grain === "element" ? call(read, at) : load(at, 4 * v);
      const to = (fold: Expression) =>
        add(
          add(get(bufferOf(channels, fold)), bytes(channels.range.from)),
          get("offset"),
        );
      for (let row = 0; row < rows; row++) {
        evaluator.nextVector();
        evaluator.place = {
          ...channels.place({ element: "", window: "", windowOrder: "" }),
          element: (name) =>
            vectors(add(get(`${name}.row${row}`), get("offset"))),
        };
        for (const fold of this.folds) {
          const sum = evaluator.name(fold);
          const value = evaluator.evaluate(fold.operands[0]);
          if (row === 0 && first) frame.set(sum, "v128", value);
          else {
            const known = row > 0 ? get(sum) : vectors(to(fold));
            frame.set(sum, "v128", combineFold(fold, known, value));
          }
          if (mindsNaN(fold)) {
            addCandidate(frame, `seen.${sum}`, value, row === 0);
          }
        }
      }
      for (const fold of this.folds) {
        const sum = evaluator.name(fold);
        if (mindsNaN(fold)) {
          addCandidate(frame, this.#candidatesOf(fold, v), get(`seen.${sum}`));
        }
        frame.line(
          grain === "element"
            ? call(`${write} 0`, to(fold), get(sum))
            : call(`${write} offset=${16 * v}`, to(fold), get(sum)),
        );
      }
    }
  }
}
