import type { Expression } from "./expression.ts";
import { foldPasses, type ProgramOutput } from "./program.ts";
import type { Columns } from "./wat_columns.ts";
import {
  emitSeparablePass,
  EVERY_SECOND,
  isSeparable,
} from "./wat_columns_separable.ts";
import { address, lanes } from "./wat_expression.ts";
import { FoldPass } from "./wat_folds.ts";
import { load, resultField, tensorField } from "./wat_frame.ts";
import { StridedLoads } from "./wat_strided.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  splatFloat,
  splatInt,
  sub,
  type Term,
} from "./wat_text.ts";
import { shuffle } from "./wat_transposed.ts";

/** A row of a window whose address does not wait for the column. */
export interface UnrolledRow {
  readonly depth: number;
  readonly height: number;
  /** What ends the names of its locals. */
  readonly mark: string;
}

/** How the windows of a vector lie. */
export interface VectorKind {
  /** Whether some of them reach outside, or are none. */
  readonly masked: boolean;
  /** Their rows, where these are unrolled. */
  readonly unrolled: readonly UnrolledRow[];
  /** What is stored of them. */
  readonly outputs: readonly ProgramOutput[];
  /** What must hold for all of them, where that is not sure. */
  readonly conditions?: readonly Expression[];
  /**
   * Where to go on where it does not, or where a result could be NaN; without
   * it the vector knows what NaN does.
   */
  readonly general?: string;
  /** Folds all elements, where that is not done one by one. */
  fold?(): void;
}

/** Four windows, from their first element to what is stored of them. */
export class WindowVector {
  #column = 0;
  #row: UnrolledRow | undefined;
  /** Vectors of the row that are loaded, for windows that share them. */
  #loads = new Map<string, Term>();
  #strided!: StridedLoads;

  constructor(readonly columns: Columns, readonly kind: VectorKind) {}

  emit(): void {
    const { evaluator, plan } = this.columns;
    const { outputs, conditions = [], general } = this.kind;
    this.#setStart();
    if (this.kind.masked) this.#setMasks();
    evaluator.nextVector();
    evaluator.place = {
      windowSize: int(plan.windowSize),
      element: (name) => this.#element(name),
      perWindow: (name) => load(address(tensorField(name), this.#window)),
      channel: (name) => this.columns.channelParameter(name),
      plane: (name) => this.columns.planeParameter(name),
      tap: (name) => this.columns.tapParameter(name, this.#tapIndex()),
      position: () => this.#position(),
      tapIndex: () => call("i32x4.splat", this.#tapIndex()),
      windowIndex: () => lanes(this.#window, 1),
      count: (padded) => this.#count(padded),
    };
    const all = conditions.map((value) => ({ name: "", value }));
    if (this.kind.fold) this.kind.fold();
    else {
      const passes = foldPasses([...outputs, ...all]);
      for (const folds of passes) this.#emitPass(folds);
    }
    if (conditions.length > 0) {
      const met = conditions.map((condition) => evaluator.evaluate(condition))
        .reduce((a, b) => call("v128.and", a, b));
      this.columns.frame.leaveUnless(general!, call("i32x4.all_true", met));
    }
    for (const output of outputs) {
      this.#store(output.name, evaluator.evaluate(output.value));
    }
  }

  get #window(): Term {
    return add(get("to"), get("column"));
  }

  #emitPass(folds: readonly Expression[]): void {
    const { columns: { evaluator, depth, height }, kind } = this;
    const { unrolled, general } = kind;
    if (unrolled.length > 0) {
      const offset = bytes(mul(get("column"), this.#axis.stride));
      this.columns.frame.set("offset", "i32", offset);
      if (this.#axis.stride === 2 && isSeparable(folds)) {
        return this.#emitSeparable(folds);
      }
    }
    const pass = new FoldPass(evaluator, folds, general);
    evaluator.prepare(folds.flatMap((fold) => fold.operands));
    if (unrolled.length > 0) {
      for (const row of unrolled) {
        this.#row = row;
        this.#emitRow(pass, row === unrolled[0]);
      }
    } else {
      pass.start();
      depth.forEach(() =>
        height.forEach(() => {
          this.#setRowAddress();
          this.#emitRow(pass, undefined);
        })
      );
    }
    pass.finish();
  }

  /** Folds rows as they lie in memory, then columns. */
  #emitSeparable(folds: readonly Expression[]): void {
    const { unrolled, masked, general } = this.kind;
    const { size, dilation } = this.#axis;
    const { width } = this.columns;
    this.#row = unrolled[0];
    emitSeparablePass(this.columns.evaluator, {
      folds,
      offsets: Array.from({ length: size }, (_, t) => t * dilation),
      rows: unrolled.length,
      read: (name, row, offset) => {
        const start = get(`${name}${unrolled[row].mark}`);
        return load(add(start, get("offset")), offset);
      },
      inside: masked
        ? (offset) =>
          call(
            "i32x4.lt_u",
            lanes(add(get("start_w"), offset), 1),
            call("i32x4.splat", width.input),
          )
        : undefined,
      general: general!,
    });
  }

  /** Folds the elements of a row; `first` where it is the window's first. */
  #emitRow(pass: FoldPass, first: boolean | undefined): void {
    const { frame } = this.columns;
    const { size, stride, dilation } = this.#axis;
    const offsets = Array.from({ length: size }, (_, t) => t * dilation);
    this.#loads = new Map();
    this.#strided = new StridedLoads(frame, { stride, offsets });
    for (this.#column = 0; this.#column < this.#axis.size; this.#column++) {
      this.columns.evaluator.nextElement();
      const mask = this.kind.masked ? get(`inside_${this.#column}`) : undefined;
      const isFirst = first === undefined
        ? undefined
        : first && this.#column === 0;
      pass.step({ mask, first: isFirst });
    }
  }

  get #axis() {
    return this.columns.plan.axes[2];
  }

  /** Where the first window begins, for those who ask. */
  #setStart(): void {
    const { masked, unrolled } = this.kind;
    if (unrolled.length > 0 && !masked) return;
    const { stride, before } = this.#axis;
    const start = sub(mul(get("column"), stride), before);
    this.columns.frame.set("start_w", "i32", start);
  }

  /** Where the row's elements lie, when rows are not unrolled. */
  #setRowAddress(): void {
    const { columns } = this;
    const { frame, depth, height, width } = columns;
    const row = mul(columns.rowIndex(depth.at, height.at), width.input);
    frame.set("position", "i32", add(row, get("start_w")));
    frame.set("at", "i32", add(columns.planeStart, get("position")));
  }

  /** An input at the elements of a column of the four windows. */
  #element(name: string): Term {
    const { stride, dilation } = this.#axis;
    const at = this.#row
      ? add(get(`${name}${this.#row.mark}`), get("offset"))
      : address(tensorField(name), get("at"));
    const offset = this.#column * dilation;
    if (stride === 1) return load(at, offset);
    if (stride > 2) return this.#strided.read(name, at, offset);
    const even = offset - offset % 2;
    const block = (start: number) => {
      const key = `${name}.load${start}`;
      let vector = this.#loads.get(key);
      if (!vector) {
        vector = this.columns.frame.set(key, "v128", load(at, start));
        this.#loads.set(key, vector);
      }
      return vector;
    };
    return shuffle(EVERY_SECOND[offset % 2], block(even), block(even + 4));
  }

  #position(): Term {
    const { stride, dilation } = this.#axis;
    const row = this.#row
      ? add(get(`position${this.#row.mark}`), mul(get("column"), stride))
      : get("position");
    return lanes(add(row, this.#column * dilation), stride);
  }

  #tapIndex(): Term {
    const { depth, height } = this.columns;
    return this.#row
      ? this.columns.tapIndex(
        int(this.#row.depth),
        int(this.#row.height),
        this.#column,
      )
      : this.columns.tapIndex(depth.tap, height.tap, this.#column);
  }

  /** Which lanes have their element of each column inside the row. */
  #setMasks(): void {
    const { frame, width } = this.columns;
    const { size, stride, dilation } = this.#axis;
    frame.set("columns", "v128", lanes(get("start_w"), stride));
    // Who folds all elements elsewhere asks for counts alone.
    if (this.kind.fold) return;
    for (let t = 0; t < size; t++) {
      const at = t === 0
        ? get("columns")
        : call("i32x4.add", get("columns"), splatInt(t * dilation));
      const inside = call("i32x4.lt_u", at, call("i32x4.splat", width.input));
      frame.set(`inside_${t}`, "v128", inside);
    }
  }

  /** The number of elements of each window, or of positions in the padded input. */
  #count(padded: boolean): Term {
    const { size, cutPadded } = this.#axis;
    const rows = this.#row ? this.#wholeRows : this.columns.rows(padded);
    const { masked } = this.kind;
    if (!(padded ? cutPadded && masked : masked)) {
      return splatFloat(mul(rows, size));
    }
    const across = this.columns.across(get("columns"), padded);
    return call("f32x4.mul", splatFloat(rows), across);
  }

  get #wholeRows(): Term {
    const [depth, height] = this.columns.plan.axes;
    return int(depth.size * height.size);
  }

  #store(name: string, vector: Term): void {
    const at = address(resultField(name), this.#window);
    if (this.kind.masked) this.columns.storeWindows(at, vector);
    else this.columns.frame.line(call("v128.store", at, vector));
  }
}
