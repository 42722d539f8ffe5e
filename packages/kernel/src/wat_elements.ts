import { type Program, valuesOf } from "./program.ts";
import { topological } from "./traverse.ts";
import {
  address,
  lanes,
  VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import { load, loadSplat, tensorField, type WatFrame } from "./wat_frame.ts";
import { countsTaps, type WatPlan } from "./wat_plan.ts";
import { AxisRanges } from "./wat_ranges.ts";
import {
  add,
  bytes,
  call,
  get,
  int,
  mul,
  rowMajor,
  splatFloat,
  sub,
  type Term,
} from "./wat_text.ts";

/**
 * The schedule `elements`: lanes are four neighbouring elements of a window.
 * What its window programs and its gather programs share.
 *
 * A window consists of runs, elements that follow each other in memory: its
 * rows, or all of them where they are as wide as the input.
 */
export class Elements {
  readonly evaluator: VectorEvaluator;
  readonly axes: readonly AxisRanges[];
  readonly #usesTaps: boolean;
  readonly #usesChannels: boolean;
  readonly #usesPositions: boolean;

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    this.evaluator = new VectorEvaluator(frame, valuesOf(program));
    this.axes = plan.axes.map((axis, index) =>
      new AxisRanges(frame, axis, index)
    );
    this.#usesTaps = countsTaps(program);
    this.#usesChannels = plan.sources || plan.per === "item" ||
      program.tensors.some(({ role }) => role === "channel" || role === "tap");
    const values = valuesOf(program);
    this.#usesPositions = topological(values).some(({ operation }) =>
      operation === "position" || operation.startsWith("arg")
    );
  }

  /** Finds the elements of the window whose index among all is `to`. */
  findWindow(): void {
    const { frame, plan, axes } = this;
    const alike = plan.per === "call" && !plan.sources;
    const find = () => {
      this.#divideIndex();
      if (!alike) this.#setChannel();
      for (const axis of axes) axis.find(axis.window, this.#group);
      const first = this.#index(axes.map((axis) => axis.first));
      frame.set("first", "i32", first);
      this.#findRuns();
    };
    frame.set("plane", "i32", get("to"));
    if (alike) {
      // Where planes have one window, it is the same in all.
      const several = call("i32.gt_u", frame.field("out_plane"), int(1));
      const isFirst = call("i32.eqz", get("found"));
      frame.when(call("i32.or", several, isFirst), find);
      frame.set("found", "i32", int(1));
      this.#setChannel();
    } else find();
    const start = mul(this.#inputPlane, frame.field("in_plane"));
    frame.set("plane_start", "i32", start);
  }

  /** Divides the window's index into its plane and its place in it. */
  #divideIndex(): void {
    const { frame, axes } = this;
    for (const { axis, letter, output } of axes.toReversed()) {
      if (axis.absent) continue;
      frame.set("rest", "i32", get("plane"));
      frame.set("plane", "i32", call("i32.div_u", get("rest"), output));
      const window = sub(get("rest"), mul(get("plane"), output));
      frame.set(`window_${letter}`, "i32", window);
    }
  }

  /** Sets the item and the channel of the plane. */
  #setChannel(): void {
    if (!this.#usesChannels) return;
    const { frame } = this;
    const channels = frame.field("channels");
    frame.set("item", "i32", call("i32.div_u", get("plane"), channels));
    const channel = sub(get("plane"), mul(get("item"), channels));
    frame.set("channel", "i32", channel);
  }

  /** The table that the plane's windows stand in. */
  get #group(): Term {
    const { per } = this.plan;
    if (per === "call") return int(0);
    return per === "item" ? get("item") : get("plane");
  }

  /** The plane of the input that the window is read from. */
  get #inputPlane(): Term {
    const { frame, plan } = this;
    if (!plan.sources) return get("plane");
    frame.field("sources");
    const source = call("i32.load", address("sources", get("item")));
    return add(mul(source, frame.field("channels")), get("channel"));
  }

  /** The index of an element in its plane. */
  #index(place: readonly Term[]): Term {
    const [, rows, columns] = this.axes;
    return rowMajor(place, [rows.input, columns.input]);
  }

  /** Sets the length of runs and their numbers along depth and height. */
  #findRuns(): void {
    const { frame } = this;
    const [depth, height, width] = this.axes;
    frame.set("run", "i32", width.count());
    for (const axis of [depth, height]) {
      if (!axis.axis.absent) {
        frame.set(`runs_${axis.letter}`, "i32", axis.count());
      }
    }
    const join = (axis: AxisRanges, length: Term, body?: () => void) => {
      const { absent, dilation } = axis.axis;
      if (absent) return body?.();
      if (dilation > 1) return;
      const runs = `runs_${axis.letter}`;
      frame.when(call("i32.eq", get("run"), length), () => {
        frame.set("run", "i32", mul(get("run"), get(runs)));
        frame.set(runs, "i32", int(1));
        body?.();
      });
    };
    if (this.#usesTaps) return;
    join(
      height,
      width.input,
      () => join(depth, mul(height.input, width.input)),
    );
  }

  /** The number of the window's elements inside the input. */
  get count(): Term {
    return this.axes.map(({ axis, letter }) => {
      if (letter === "w") return get("run");
      return axis.absent ? int(1) : get(`runs_${letter}`);
    }).reduceRight((a, b) => mul(a, b));
  }

  /** Runs lines for each run of the window, in order. */
  forEachRun(body: () => void): void {
    const { frame, program } = this;
    const [depth, height, width] = this.axes;
    const each = ({ axis, letter }: AxisRanges, body: () => void) => {
      if (axis.absent) return body();
      frame.set(`run_${letter}`, "i32", int(0));
      frame.loop(`run_${letter}`, get(`runs_${letter}`), body);
    };
    const at = ({ axis, letter }: AxisRanges) =>
      axis.absent ? int(0) : get(`run_${letter}`);
    each(depth, () =>
      each(height, () => {
        const further = this.#index([
          mul(at(depth), depth.axis.dilation),
          mul(at(height), height.axis.dilation),
          int(0),
        ]);
        frame.set("position", "i32", add(get("first"), further));
        if (this.#usesTaps) {
          const tap = this.#tap([
            add(depth.from, at(depth)),
            add(height.from, at(height)),
            width.from,
          ]);
          frame.set("tap", "i32", tap);
        }
        const index = add(get("plane_start"), get("position"));
        for (const { name, role } of program.tensors) {
          if (role !== "element") continue;
          frame.set(`${name}.run`, "i32", address(tensorField(name), index));
        }
        body();
      }));
  }

  /** The index of a position in its window. */
  #tap(taps: readonly Term[]): Term {
    const [, rows, columns] = this.axes;
    return rowMajor(taps, [rows.size, columns.size]);
  }

  /** Sets the indices in their plane of the four elements from `column` on. */
  setPositions(): void {
    if (!this.#usesPositions) return;
    const first = add(get("position"), get("column"));
    this.frame.set("positions", "v128", lanes(first, 1));
  }

  /** Sets them to those of the next four. */
  nextPositions(): void {
    if (!this.#usesPositions) return;
    const next = call("i32x4.add", get("positions"), this.frame.integer(4));
    this.frame.set("positions", "v128", next);
  }

  /** What formulas read at elements `column` and following of the run. */
  place(offset = 0): VectorPlace {
    const { axes } = this;
    const column = add(get("column"), offset);
    const tap = add(get("tap"), column);
    const windowSize = axes.map(({ size }) => size).reduce((a, b) => mul(a, b));
    const one = (name: string, index: string) =>
      loadSplat(address(tensorField(name), get(index)));
    return {
      windowSize,
      element: (name) =>
        load(add(get(`${name}.run`), bytes(get("column"))), offset),
      perWindow: (name) => one(name, "to"),
      channel: (name) => one(name, "channel"),
      plane: (name) => one(name, "plane"),
      tap: (name) => {
        const row = mul(get("channel"), windowSize);
        return load(address(tensorField(name), add(row, tap)));
      },
      position: () => get("positions"),
      tapIndex: () => lanes(tap, 1),
      windowIndex: () => call("i32x4.splat", get("to")),
      count: (padded) =>
        splatFloat(
          axes.map((axis) => padded ? axis.paddedCount() : axis.count())
            .reduce((a, b) => mul(a, b)),
        ),
    };
  }
}
