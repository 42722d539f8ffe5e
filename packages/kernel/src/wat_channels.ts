import type { Expression } from "./expression.ts";
import type { Operation } from "./operation.ts";
import {
  foldPasses,
  type Program,
  type ProgramOutput,
  valuesOf,
} from "./program.ts";
import { setChannelPart } from "./wat_channels_part.ts";
import { VECTORS, vectorsOf } from "./wat_cost.ts";
import { topological } from "./traverse.ts";
import {
  address,
  lanesBy,
  VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import {
  load,
  loadLanes,
  loadSplat,
  storeLanes,
  storeSome,
  tensorField,
  type WatFrame,
} from "./wat_frame.ts";
import type { WatPlan } from "./wat_plan.ts";
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
 * Whether neighbouring vectors are worked on at a time, so that what lies in a
 * cache line is read at once.
 */
export function isWide({ plan, program }: Channels): boolean {
  if (!plan.channelsLast || plan.lanes === 1) return false;
  if (program.kind === "gather") {
    return vectorsOf([program.outputs[0].value]) === VECTORS;
  }
  return foldPasses(program.outputs).every((folds) =>
    vectorsOf(folds.flatMap(({ operands }) => operands)) === VECTORS
  );
}

/** A tensor's plane of four channels: where it starts, how elements follow. */
type Side = "in" | "out";

/** What is written, and where. */
export interface ChannelsWrite {
  /** The address of the first channel. */
  readonly at: Term;
  readonly vector: Term;
  /** Channels from there on, where more than four are worked on at a time. */
  readonly further?: number;
}

/**
 * The schedule `channels`: lanes are channels, which all have the same windows,
 * so that any window can be read without masks.
 */
export class Channels {
  readonly evaluator: VectorEvaluator;
  readonly axes: readonly AxisRanges[];

  /** The channels that are worked on: all, unless others are chosen. */
  range: { readonly from: Term; readonly to: Term };

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    this.range = { from: int(0), to: get("channels") };
    this.evaluator = new VectorEvaluator(frame, valuesOf(program));
    this.axes = plan.axes.map((axis, index) =>
      new AxisRanges(frame, axis, index)
    );
  }

  /** An evaluator of formulas, the one of some that are worked on at a time. */
  evaluatorOf(outputs: readonly ProgramOutput[], index = 0): VectorEvaluator {
    const mark = index > 0 ? `.${index}` : "";
    const values = valuesOf({ outputs });
    const evaluator = new VectorEvaluator(this.frame, values, mark);
    evaluator.fusesSums = !this.plan.foldsRows;
    return evaluator;
  }

  /** Which table the channel's windows stand in. */
  get group(): Term {
    const { per } = this.plan;
    if (per === "call") return int(0);
    return per === "item" ? get("item") : this.plane;
  }

  /**
   * Runs lines for each element of the rows: `item`, `element_d`, `element_h`
   * and `element_w`.
   */
  forEachElement(side: Side, body: () => void): void {
    const { frame, axes } = this;
    const [depth, height, width] = axes.map((axis) =>
      side === "in" ? axis.input : axis.output
    );
    frame.set("row", "i32", get("begin"));
    frame.loop("row", get("end"), () => {
      frame.set("item", "i32", call("i32.div_u", get("row"), height));
      frame.set("element_h", "i32", call("i32.rem_u", get("row"), height));
      frame.set("element_d", "i32", call("i32.rem_u", get("item"), depth));
      frame.set("item", "i32", call("i32.div_u", get("item"), depth));
      frame.set("element_w", "i32", int(0));
      frame.loop("element_w", width, body);
    });
  }

  /**
   * Runs lines for each vector of channels, the first of which is `channel`;
   * others for as many vectors at a time as there are, until they leave for
   * the label `$single`.
   */
  forEachChannel(
    body: () => void,
    block?: { vectors: number; body: () => void; leaves?: boolean },
  ): void {
    const { frame, plan: { lanes } } = this;
    frame.field("channels");
    const { from, to: channels } = this.range;
    frame.set("channel", "i32", from);
    if (block) {
      const size = lanes * block.vectors;
      const loop = () =>
        frame.loop("channel", sub(channels, size - 1), block.body, size);
      if (block.leaves) frame.nest("(block $single", loop);
      else loop();
    }
    frame.loop("channel", channels, () => {
      if (lanes === 4) {
        // The last vector overlaps the one before.
        const last = sub(channels, 4);
        frame.when(call("i32.gt_s", get("channel"), last), () => {
          const few = call("i32.lt_s", last, from);
          frame.set("channel", "i32", call("select", from, last, few));
        });
      }
      body();
    }, lanes);
  }

  /**
   * Sets which channels the part of a row is about, and what of the columns of
   * the input lies in a run: all channels of all columns, or a part of each.
   */
  setPart(): void {
    const { frame, axes } = this;
    const { from, to } = setChannelPart(frame);
    const columns = axes[2].input;
    frame.set("runs", "i32", int(1));
    frame.set("run_length", "i32", mul(columns, frame.field("channels")));
    frame.when(call("i32.gt_u", frame.field("parts"), int(1)), () => {
      frame.set("runs", "i32", columns);
      frame.set("run_length", "i32", sub(to, from));
    });
    this.range = { from, to };
  }

  /** The element's place along each axis. */
  get element(): Term[] {
    return this.axes.map((axis) => get(`element_${axis.letter}`));
  }

  /** The index of an element of a plane. */
  inPlane(side: Side, place: readonly Term[]): Term {
    const [, ...lengths] = this.axes.map((axis) =>
      side === "in" ? axis.input : axis.output
    );
    return rowMajor(place, lengths);
  }

  /** The index in memory of an element of the first channel of the vector. */
  index(side: Side, { item, inPlane }: { item: Term; inPlane: Term }): Term {
    const channels = this.frame.field("channels");
    const size = this.frame.field(`${side}_plane`);
    return this.plan.channelsLast
      ? add(mul(add(mul(item, size), inPlane), channels), get("channel"))
      : add(mul(add(mul(item, channels), get("channel")), size), inPlane);
  }

  /** Reads the channels of a tensor at an index, of channels last further ones. */
  read(name: string, side: Side, index: Term, further = 0): Term {
    const at = address(tensorField(name), index);
    if (this.plan.lanes === 1) return loadSplat(at);
    if (this.plan.channelsLast) return load(at, further);
    return loadLanes(this.frame, at, bytes(this.frame.field(`${side}_plane`)));
  }

  /**
   * Writes the channels of a tensor at an address, or further ones, which are
   * there where several vectors are worked on at a time.
   */
  write(side: Side, { at, vector, further }: ChannelsWrite): void {
    const { frame, plan } = this;
    if (further !== undefined) {
      return frame.line(call(`v128.store offset=${4 * further}`, at, vector));
    }
    if (plan.lanes === 1) {
      return storeLanes(frame, vector, { at, step: int(0), lanes: 1 });
    }
    if (!plan.channelsLast) {
      const step = bytes(frame.field(`${side}_plane`));
      return storeLanes(frame, vector, { at, step });
    }
    storeSome(frame, frame.field("channels"), { at, vector });
  }

  /** The index of a position in the window. */
  tapIndex(taps: readonly Term[]): Term {
    const [, rows, columns] = this.plan.axes;
    return rowMajor(taps, [rows.size, columns.size]);
  }

  /**
   * What formulas read that is the same in both kinds of programs, in `channel`
   * and following channels or, of channels last, `further` ones.
   */
  place(
    at: { element: Term; window: Term; windowOrder: Term },
    further = 0,
  ): VectorPlace {
    const { axes, plan } = this;
    const tapIndex = () => this.tapIndex(axes.map((axis) => axis.tap));
    return {
      windowSize: int(plan.windowSize),
      element: (name) => this.read(name, "in", at.element, further),
      perWindow: (name) => this.read(name, "out", at.window, further),
      channel: (name) => this.#neighbours(name, get("channel"), further),
      plane: (name) => this.#neighbours(name, this.plane, further),
      tap: (name) => {
        const row = mul(get("channel"), plan.windowSize);
        return loadSplat(address(tensorField(name), add(row, tapIndex())));
      },
      position: () => call("i32x4.splat", get("position")),
      tapIndex: () => call("i32x4.splat", tapIndex()),
      windowIndex: () => {
        const step = this.frame.field("out_plane");
        return lanesBy(add(at.windowOrder, mul(step, further)), step);
      },
      count: (padded) => get(padded ? "padded_count" : "count"),
    };
  }

  /** Whether formulas ask for the counts of windows that may differ. */
  get usesCounts(): boolean {
    const { axes } = this.plan;
    return this.#uses("count") &&
        axes.some(({ before, cutBack }) => before > 0 || cutBack) ||
      this.#uses("paddedCount") && axes.some(({ cutPadded }) => cutPadded);
  }

  #uses(name: Operation): boolean {
    return this.#all.some(({ operation }) => operation === name);
  }

  /** Whether formulas ask where elements stand. */
  get usesPositions(): boolean {
    return this.#all.some(({ operation }) =>
      operation === "position" || operation.startsWith("arg") ||
      operation === "pick"
    );
  }

  get #all(): Expression[] {
    return topological(valuesOf(this.program));
  }

  /** Sets the counts of the window whose ranges are found, where formulas ask. */
  setCounts(): void {
    const { frame, axes } = this;
    const product = (counts: Term[]) =>
      splatFloat(counts.reduce((a, b) => mul(a, b)));
    if (this.#uses("count")) {
      const count = product(axes.map((axis) => axis.count()));
      frame.set("count", "v128", count);
    }
    if (this.#uses("paddedCount")) {
      const count = product(axes.map((axis) => axis.paddedCount()));
      frame.set("padded_count", "v128", count);
    }
  }

  /** The index of the plane of the first channel of the vector. */
  get plane(): Term {
    return add(mul(get("item"), this.frame.field("channels")), get("channel"));
  }

  /** The index of a window with channels before the spatial axes. */
  windowOrder(inPlane: Term): Term {
    return add(mul(this.plane, this.frame.field("out_plane")), inPlane);
  }

  /** Numbers of a tensor that has one per channel or plane. */
  #neighbours(name: string, index: Term, further: number): Term {
    const at = address(tensorField(name), index);
    return this.plan.lanes === 1 ? loadSplat(at) : load(at, further);
  }
}
