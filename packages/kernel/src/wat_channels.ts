import { foldPasses, type Program } from "./program.ts";
import {
  address,
  lanesBy,
  VectorEvaluator,
  type VectorPlace,
} from "./wat_expression.ts";
import { FoldPass } from "./wat_folds.ts";
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
  floats,
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
    this.evaluator = new VectorEvaluator(frame, program);
    this.axes = plan.axes.map((axis, index) =>
      new AxisRanges(frame, axis, index)
    );
  }

  /** Which table the channel's windows stand in. */
  get group(): Term {
    const { per } = this.plan;
    if (per === "call") return int(0);
    if (per === "item") return get("item");
    return add(
      mul(get("item"), this.frame.field("channels")),
      get("channel"),
    );
  }

  /**
   * Runs lines for each element of the rows and each vector of channels:
   * `item`, `element_d`, `element_h`, `element_w` and `channel`.
   */
  forEachVector(side: Side, body: () => void): void {
    const { frame, plan: { lanes }, axes } = this;
    const [depth, height, width] = axes.map((axis) =>
      side === "in" ? axis.input : axis.output
    );
    const channels = frame.field("channels");
    frame.set("row", "i32", get("begin"));
    frame.loop("row", get("end"), () => {
      frame.set("item", "i32", call("i32.div_u", get("row"), height));
      frame.set("element_h", "i32", call("i32.rem_u", get("row"), height));
      frame.set("element_d", "i32", call("i32.rem_u", get("item"), depth));
      frame.set("item", "i32", call("i32.div_u", get("item"), depth));
      frame.set("element_w", "i32", int(0));
      frame.loop("element_w", width, () => {
        frame.set("channel", "i32", int(0));
        frame.loop("channel", channels, () => {
          if (lanes === 4) {
            frame.comment("the last vector overlaps the one before");
            frame.when(
              call(
                "i32.and",
                call("i32.gt_s", add(get("channel"), 4), channels),
                call("i32.ge_s", channels, int(4)),
              ),
              () => frame.set("channel", "i32", sub(channels, 4)),
            );
          }
          body();
        }, lanes);
      });
    });
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

  /** Reads the channels of a tensor at an index. */
  read(name: string, side: Side, index: Term): Term {
    const at = address(tensorField(name), index);
    if (this.plan.lanes === 1) return loadSplat(at);
    if (this.plan.channelsLast) return load(at);
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

  /** What formulas read; windows and elements are at given indices. */
  place(at: { element: Term; window: Term; windowOrder: Term }): VectorPlace {
    const { axes, plan } = this;
    const tapIndex = () =>
      add(
        mul(
          add(mul(axes[0].tap, plan.axes[1].size), axes[1].tap),
          plan.axes[2].size,
        ),
        axes[2].tap,
      );
    return {
      windowSize: plan.windowSize,
      element: (name) => this.read(name, "in", at.element),
      perWindow: (name) => this.read(name, "out", at.window),
      channel: (name) => {
        const at = address(tensorField(name), get("channel"));
        return plan.lanes === 1 ? loadSplat(at) : load(at);
      },
      tap: (name) =>
        loadSplat(
          address(
            tensorField(name),
            add(mul(get("channel"), plan.windowSize), tapIndex()),
          ),
        ),
      position: () => call("i32x4.splat", get("position")),
      tapIndex,
      windowIndex: () => lanesBy(at.windowOrder, this.frame.field("out_plane")),
      count: (padded) =>
        splatFloat(
          axes.map((axis) => padded ? axis.paddedCount() : axis.count())
            .reduce((a, b) => mul(a, b)),
        ),
    };
  }
}

/** Runs a window program on four channels of a window at a time. */
export function emitChannelsWindow(channels: Channels): void {
  const { frame, evaluator, program, axes, plan } = channels;
  channels.forEachVector("out", () => {
    evaluator.nextVector();
    for (const axis of axes) {
      axis.find(get(`element_${axis.letter}`), channels.group);
    }
    const inPlane = frame.set(
      "to_plane",
      "i32",
      channels.inPlane(
        "out",
        axes.map((axis) => get(`element_${axis.letter}`)),
      ),
    );
    const item = get("item");
    const to = frame.set("to", "i32", channels.index("out", { item, inPlane }));
    const order = frame.set(
      "order",
      "i32",
      add(
        mul(
          add(mul(item, frame.field("channels")), get("channel")),
          frame.field("out_plane"),
        ),
        inPlane,
      ),
    );
    const source = plan.sources
      ? frame.set(
        "source",
        "i32",
        call("i32.load", address("sources", item)),
      )
      : item;
    if (plan.sources) frame.field("sources");
    evaluator.place = channels.place({
      element: get("at"),
      window: to,
      windowOrder: order,
    });
    for (const folds of foldPasses(program.outputs)) {
      const pass = new FoldPass(evaluator, folds);
      evaluator.prepare(folds.flatMap((fold) => fold.operands));
      pass.start();
      forEachElement(axes, () => {
        evaluator.nextElement();
        frame.set(
          "position",
          "i32",
          channels.inPlane("in", axes.map((axis) => axis.at)),
        );
        frame.set(
          "at",
          "i32",
          channels.index("in", { item: source, inPlane: get("position") }),
        );
        pass.step();
      });
      pass.finish();
    }
    for (const { name, value } of program.outputs) {
      const vector = evaluator.evaluate(value);
      channels.write(name, "out", { index: to, vector });
    }
  });
}

function forEachElement(axes: readonly AxisRanges[], body: () => void): void {
  const [axis, ...rest] = axes;
  if (!axis) return body();
  axis.forEach(() => forEachElement(rest, body));
}

/** Runs a gather program on four channels of an element at a time. */
export function emitChannelsGather(channels: Channels): void {
  const { frame, evaluator, program, axes, plan } = channels;
  const [{ name, value }] = program.outputs;
  channels.forEachVector("in", () => {
    evaluator.nextVector();
    const element = axes.map((axis) => get(`element_${axis.letter}`));
    const input = frame.set("source_item", "i32", get("item"));
    frame.set("position", "i32", channels.inPlane("in", element));
    const at = frame.set(
      "at",
      "i32",
      channels.index("in", { item: input, inPlane: get("position") }),
    );
    frame.set("sum", "v128", floats(0));
    evaluator.place = channels.place({
      element: at,
      window: get("window"),
      windowOrder: get("order"),
    });
    evaluator.prepareInvariant(value);
    const addWindows = () => {
      for (const [index, axis] of axes.entries()) {
        axis.findCovering(element[index], channels.group);
      }
      forEachCovering(channels, element, () => {
        const inPlane = frame.set(
          "window_plane",
          "i32",
          channels.inPlane("out", axes.map((axis) => axis.window)),
        );
        const item = get("item");
        frame.set("window", "i32", channels.index("out", { item, inPlane }));
        if (program.random) {
          const plane = add(
            mul(item, frame.field("channels")),
            get("channel"),
          );
          frame.set(
            "order",
            "i32",
            add(mul(plane, frame.field("out_plane")), inPlane),
          );
        }
        evaluator.nextWindow();
        const share = evaluator.evaluate(value);
        frame.set("sum", "v128", call("f32x4.add", get("sum"), share));
      });
    };
    if (plan.sources) {
      frame.set("item", "i32", int(0));
      frame.loop("item", frame.field("items"), () => {
        const source = call(
          "i32.load",
          address("sources", get("item")),
        );
        frame.field("sources");
        frame.when(call("i32.eq", source, input), addWindows);
      });
      frame.set("item", "i32", input);
    } else addWindows();
    channels.write(name, "in", { index: at, vector: get("sum") });
  });
}

function forEachCovering(
  { axes, group }: Channels,
  element: readonly Term[],
  body: () => void,
): void {
  const visit = (index: number): void => {
    if (index === axes.length) return body();
    axes[index].forEachCovering(element[index], group, () => visit(index + 1));
  };
  visit(0);
}
