import { type Program, valuesOf } from "./program.ts";
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
  resultField,
  storeLanes,
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
  splatFloat,
  sub,
  type Term,
} from "./wat_text.ts";

/** A tensor's plane of four channels: where it starts, how elements follow. */
type Side = "in" | "out";

/**
 * The schedule `channels`: lanes are channels, which all have the same windows,
 * so that any window can be read without masks.
 */
export class Channels {
  readonly evaluator: VectorEvaluator;
  readonly axes: readonly AxisRanges[];

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    this.evaluator = new VectorEvaluator(frame, valuesOf(program));
    this.axes = plan.axes.map((axis, index) =>
      new AxisRanges(frame, axis, index)
    );
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
   * others for as many vectors at a time as there are.
   */
  forEachChannel(
    body: () => void,
    block?: { vectors: number; body: () => void },
  ): void {
    const { frame, plan: { lanes } } = this;
    const channels = frame.field("channels");
    frame.set("channel", "i32", int(0));
    if (block) {
      const size = lanes * block.vectors;
      frame.loop("channel", sub(channels, size - 1), block.body, size);
    }
    frame.loop("channel", channels, () => {
      if (lanes === 4) {
        frame.comment("the last vector overlaps the one before");
        const last = sub(channels, 4);
        frame.when(call("i32.gt_s", get("channel"), last), () => {
          const few = call("i32.lt_s", last, int(0));
          frame.set("channel", "i32", call("select", int(0), last, few));
        });
      }
      body();
    }, lanes);
  }

  /** The element's place along each axis. */
  get element(): Term[] {
    return this.axes.map((axis) => get(`element_${axis.letter}`));
  }

  /** The index of an element of a plane. */
  inPlane(side: Side, [depth, height, width]: readonly Term[]): Term {
    const [, rows, columns] = this.axes.map((axis) =>
      side === "in" ? axis.input : axis.output
    );
    return add(mul(add(mul(depth, rows), height), columns), width);
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

  /** Writes the channels of a tensor at an index. */
  write(name: string, side: Side, write: { index: Term; vector: Term }): void {
    const { frame, plan } = this;
    const at = address(resultField(name), write.index);
    const { vector } = write;
    if (plan.lanes === 1) {
      return storeLanes(frame, vector, { at, step: int(0), lanes: 1 });
    }
    if (!plan.channelsLast) {
      const step = bytes(frame.field(`${side}_plane`));
      return storeLanes(frame, vector, { at, step });
    }
    frame.when(
      call("i32.ge_s", frame.field("channels"), int(4)),
      () => frame.line(call("v128.store", at, vector)),
      () => {
        for (let lane = 0; lane < 3; lane++) {
          frame.when(
            call("i32.gt_s", frame.field("channels"), int(lane)),
            () =>
              frame.line(
                call(
                  `v128.store32_lane offset=${4 * lane} ${lane}`,
                  at,
                  vector,
                ),
              ),
          );
        }
      },
    );
  }

  /** The index of a position in the window. */
  tapIndex([depth, height, width]: readonly Term[]): Term {
    const [, rows, columns] = this.plan.axes;
    return add(mul(add(mul(depth, rows.size), height), columns.size), width);
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
      count: (padded) =>
        splatFloat(
          axes.map((axis) => padded ? axis.paddedCount() : axis.count())
            .reduce((a, b) => mul(a, b)),
        ),
    };
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
