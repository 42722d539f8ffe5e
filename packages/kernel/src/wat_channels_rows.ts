import { type Channels, isWide } from "./wat_channels.ts";
import { bufferOf, emitFoldedColumns } from "./wat_channels_columns.ts";
import { ROWS_AT_A_TIME, rowsCase } from "./wat_channels_plan.ts";
import { weaveVectors } from "./wat_columns_separable.ts";
import { VECTORS } from "./wat_cost.ts";
import { address, VectorEvaluator } from "./wat_expression.ts";
import {
  addCandidate,
  combineFold,
  leaveIfNaN,
  mindsNaN,
  nanLanes,
  startOf,
} from "./wat_folds.ts";
import { load, loadSplat, tensorField } from "./wat_frame.ts";
import type { OnePass } from "./wat_one_pass.ts";
import {
  add,
  bytes,
  call,
  floats,
  get,
  int,
  ints,
  mul,
  sub,
  type Term,
} from "./wat_text.ts";

/** What a loop along rows takes at a time. */
type Grain = "vectors" | "vector" | "element";

/** Rows of the input that are folded into the buffers. */
interface AddedRows {
  readonly count: number;
  /** Whether nothing is in the buffers. */
  readonly first: boolean;
  /** How many of them are kept from the windows' row before. */
  readonly known: number;
}

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
    channels.setPart();
    for (const { letter, output } of [height, depth]) {
      const at = call("i32.rem_u", get("item"), output);
      frame.set(`element_${letter}`, "i32", at);
      frame.set("item", "i32", call("i32.div_u", get("item"), output));
    }
    depth.find(element[0], group);
    height.find(element[1], group);
    frame.orElse("$general", () => {
      rows.emit("$general");
      emitFoldedColumns(channels, rows.pass, "$general");
    }, () => {
      // The row is unusual, or met what is no number.
      frame.set("element_w", "i32", int(0));
      frame.loop("element_w", width.output, emitWindow);
    });
  });
}

/** Folds of rows of the input, all their columns and channels alike. */
class FoldedRows {
  readonly pass: OnePass;
  readonly #evaluator: VectorEvaluator;
  readonly #inputs: readonly string[];

  constructor(readonly channels: Channels) {
    const pass = this.pass = rowsCase(channels.program)!;
    this.#evaluator = new VectorEvaluator(channels.frame, [
      ...pass.folds,
      ...pass.checks,
    ]);
    this.#inputs = channels.program.tensors
      .filter(({ role }) => role === "element").map(({ name }) => name);
  }

  /** Sets where the thread's buffers are, and what they hold at first. */
  open(): void {
    const { channels: { frame } } = this;
    frame.set("buffer", "i32", frame.buffers);
    for (const [index] of this.pass.folds.entries()) {
      frame.set(bufferOf(index), "i32", this.#buffer(int(index)));
    }
    this.#fill();
    if (this.#kept > 0) {
      frame.set("kept_for", "i32", int(-1));
      frame.set("unusual", "i32", int(-1));
    }
  }

  /** The address of column 0 of a buffer. */
  #buffer(index: Term): Term {
    const { frame } = this.channels;
    return add(
      add(get("buffer"), mul(frame.field("buffer_bytes"), index)),
      bytes(frame.field("buffer_before")),
    );
  }

  /** Rows of the input that the next row of windows needs, too. */
  get #kept(): number {
    return this.channels.plan.keptRows;
  }

  /**
   * Folds the rows of the windows of a row; it leaves for a label where one is
   * unusual, or met what is no number.
   */
  emit(general: string): void {
    const { channels: { frame, plan, axes }, pass } = this;
    const [depth, height] = axes;
    const { kind, size } = plan.axes[1];
    const fixed = kind === "slide" && size <= ROWS_AT_A_TIME;
    const count = fixed ? size : ROWS_AT_A_TIME;
    const leaveIfUnusual = () => {
      if (pass.checks.length === 0) return;
      const isUnusual = call("i32.ge_s", get("unusual"), height.first);
      frame.line(`(br_if ${general} ${isUnusual})`);
    };
    if (this.#kept > 0) {
      this.#restart();
      leaveIfUnusual();
    } else if (pass.checks.length > 0) frame.set("unusual", "i32", int(-1));
    for (const name of this.#candidates(VECTORS)) {
      frame.set(name, "v128", floats(0));
    }
    const each = () => {
      this.#fill();
      depth.forEach(() => {
        frame.set("tap_h", "i32", height.from);
        if (!fixed) {
          const end = sub(height.to, count - 1);
          frame.loop("tap_h", end, () => this.#addRows(count), count);
        }
        frame.loop("tap_h", height.to, () => this.#addRows(1));
      });
    };
    const together = () => {
      frame.set("tap_h", "i32", int(0));
      const all = () => this.#addRows(count, { first: true });
      if (this.#kept === 0) return all();
      frame.when(
        call("i32.eq", get("kept_for"), this.channels.element[1]),
        () => this.#addRows(count, { first: true, known: this.#kept }),
        all,
      );
    };
    const whole = height.isWhole();
    if (!fixed || !depth.axis.absent) each();
    else if (whole) frame.when(whole, together, each);
    else together();
    if (this.#kept > 0) {
      frame.set("kept_for", "i32", add(this.channels.element[1], 1));
    }
    leaveIfUnusual();
    leaveIfNaN(frame, this.#candidates(VECTORS), general);
  }

  /** Forgets rows where those of another plane or of other channels begin. */
  #restart(): void {
    const { channels: { frame, element } } = this;
    const begins = call(
      "i32.or",
      call("i32.eqz", element[1]),
      call("i32.gt_u", frame.field("parts"), int(1)),
    );
    frame.when(begins, () => {
      frame.set("kept_for", "i32", int(-1));
      frame.set("unusual", "i32", int(-1));
    });
  }

  /** The locals that add up candidates, for some vectors. */
  #candidates(vectors: number): string[] {
    return this.pass.folds.flatMap((fold, index) =>
      mindsNaN(fold)
        ? Array.from({ length: vectors }, (_, v) => nanOf(index, v))
        : []
    );
  }

  /** Fills the buffers with what changes no fold. */
  #fill(): void {
    const { channels: { frame } } = this;
    for (const [index, fold] of this.pass.folds.entries()) {
      const before = bytes(frame.field("buffer_before"));
      const at = sub(get(bufferOf(index)), before);
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
  #addRows(count: number, rows: Partial<AddedRows> = {}): void {
    const { channels, channels: { frame, axes }, pass: { checks } } = this;
    const [depth, height] = axes;
    const row = (index: number) =>
      add(height.start, mul(add(get("tap_h"), index), height.axis.dilation));
    for (let index = 0; index < count; index++) {
      frame.set("channel", "i32", channels.range.from);
      const inPlane = channels.inPlane("in", [depth.at, row(index), int(0)]);
      const at = channels.index("in", { item: get("item"), inPlane });
      for (const name of this.#inputs) {
        const from = address(tensorField(name), at);
        frame.set(`${name}.row${index}`, "i32", from);
      }
      if (this.#kept > 0) this.#setKept(row(index), index);
    }
    if (checks.length > 0) frame.set("passes", "v128", ints(-1, -1, -1, -1));
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
          () =>
            this.#addElements(grain, {
              count,
              first: false,
              known: 0,
              ...rows,
            }),
          4 * length,
        );
      if (count > 1 && isWide(channels)) loop("vectors", 4 * VECTORS);
      loop("vector", 4);
      loop("element", 1);
    });
    if (checks.length === 0) return;
    const pass = call("i32x4.all_true", get("passes"));
    frame.unless(pass, () => frame.set("unusual", "i32", row(count - 1)));
  }

  /** Sets where a row is kept that the windows' next row needs, too. */
  #setKept(row: Term, index: number): void {
    const { channels, channels: { frame }, pass: { folds } } = this;
    const turn = call("i32.rem_u", row, int(this.#kept));
    frame.set("kept_at", "i32", mul(add(turn, 1), folds.length));
    for (const [fold] of folds.entries()) {
      const start = this.#buffer(add(get("kept_at"), fold));
      const at = add(start, bytes(channels.range.from));
      frame.set(keptOf(fold, index), "i32", at);
    }
  }

  /** Folds neighbouring elements of the rows. */
  #addElements(grain: Grain, { count, first, known }: AddedRows): void {
    const { channels, channels: { frame }, pass: { folds, checks } } = this;
    const evaluator = this.#evaluator;
    const { stride } = channels.plan.axes[1];
    for (let v = 0; v < (grain === "vectors" ? VECTORS : 1); v++) {
      const read = (local: string) => {
        const at = add(get(local), get("offset"));
        return grain === "element" ? loadSplat(at) : load(at, 4 * v);
      };
      const write = (at: Term, vector: Term) => {
        const store = grain === "element"
          ? "v128.store32_lane 0"
          : `v128.store offset=${16 * v}`;
        frame.line(call(store, at, vector));
      };
      for (const [index] of folds.entries()) {
        const at = add(get(bufferOf(index)), bytes(channels.range.from));
        frame.set(`to.${index}`, "i32", at);
      }
      const fold = (row: number) => {
        evaluator.nextVector();
        evaluator.place = {
          ...channels.place({ element: "", window: "", windowOrder: "" }),
          element: (name) => read(`${name}.row${row}`),
        };
        const values = folds.map((fold, index) => {
          const sum = `fold.${index}`;
          const value = row < known
            ? frame.set(`value.${index}`, "v128", read(keptOf(index, row)))
            : evaluator.evaluate(fold.operands[0]);
          if (row === 0 && first) frame.set(sum, "v128", value);
          else {
            const before = row > 0 ? get(sum) : read(`to.${index}`);
            frame.set(sum, "v128", combineFold(fold, before, value));
          }
          if (mindsNaN(fold)) {
            addCandidate(frame, `seen.${index}`, value, row === 0);
          }
          return value;
        });
        if (row < known) return;
        for (const check of checks) {
          const pass = evaluator.evaluate(check);
          frame.set("passes", "v128", call("v128.and", get("passes"), pass));
        }
        const isKept = this.#kept > 0 && (row >= stride || count === 1);
        for (const [index, value] of isKept ? values.entries() : []) {
          write(add(get(keptOf(index, row)), get("offset")), value);
        }
      };
      for (let row = 0; row < known; row++) fold(row);
      const bodies = folds.flatMap(({ operands }) => operands);
      weaveVectors(frame, [...bodies, ...checks], {
        count: count - known,
        body: (index) => fold(known + index),
      });
      for (const [index, fold] of folds.entries()) {
        if (mindsNaN(fold)) {
          addCandidate(frame, nanOf(index, v), get(`seen.${index}`));
        }
        write(add(get(`to.${index}`), get("offset")), get(`fold.${index}`));
      }
    }
  }
}

/** The local that adds up candidates of a fold, in one of some vectors. */
function nanOf(fold: number, vector: number): string {
  return nanLanes(`${fold}.${vector}`);
}

/** The local of the address where what a row folds is kept. */
function keptOf(fold: number, row: number): string {
  return `kept.${fold}.row${row}`;
}
