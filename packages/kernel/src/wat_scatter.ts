import type { Expression } from "./expression.ts";
import { type Program, valuesOf } from "./program.ts";
import { topological } from "./traverse.ts";
import { address, VectorEvaluator } from "./wat_expression.ts";
import { setChannelPart } from "./wat_channels_part.ts";
import {
  forEachReader,
  load,
  resultField,
  tensorField,
  type WatFrame,
} from "./wat_frame.ts";
import { UNKNOWN_PLACE } from "./wat_place.ts";
import type { WatPlan } from "./wat_plan.ts";
import { add, bytes, call, get, int, mul, sub, type Term } from "./wat_text.ts";

/** Leaves that a vector of windows reads at once. */
const LEAVES: ReadonlySet<string> = new Set([
  "perWindow",
  "perWindowIndex",
  "constant",
  "integer",
  "scalar",
]);

/** What each window gives to one element of it. */
interface Gift {
  /** The element's index in its plane. */
  readonly place: Expression;
  readonly value: Expression;
}

/** The gift of a gather program whose windows give to one element alone. */
function giftOf({ kind, outputs }: Program): Gift | undefined {
  const [{ value: gathered }] = outputs;
  if (kind !== "gather" || gathered.operation !== "select") return undefined;
  const [condition, value, none] = gathered.operands;
  if (condition.operation !== "sameIndex") return undefined;
  const [position, place] = condition.operands;
  const isSimple = position.operation === "position" &&
    none.operation === "constant" && none.value === 0 &&
    topological([place, value]).every(({ operation, operands }) =>
      operands.length > 0 || LEAVES.has(operation)
    );
  return isSimple ? { place, value } : undefined;
}

/** Whether each window of a gather program gives to one of its elements alone. */
export function isScattered(program: Program): boolean {
  return giftOf(program) !== undefined;
}

/**
 * The schedule `scatter`: a plane is set to zeros, and each of its windows, in
 * their order, adds to the one element that has its gradient. The work is that
 * of the windows, however many of them hold an element; a thread owns the
 * planes that it works on, so that the order is always the same.
 *
 * Where channels are neighbours, a row is an item, or a part of its channels.
 */
export function emitScatter(
  frame: WatFrame,
  program: Program,
  plan: WatPlan,
): void {
  new Scatter(frame, program, plan).emit();
}

class Scatter {
  readonly #evaluator: VectorEvaluator;
  readonly #gift: Gift;

  constructor(
    readonly frame: WatFrame,
    readonly program: Program,
    readonly plan: WatPlan,
  ) {
    this.#evaluator = new VectorEvaluator(frame, valuesOf(program));
    this.#gift = giftOf(program)!;
  }

  emit(): void {
    const { frame } = this;
    frame.set("row", "i32", get("begin"));
    frame.loop("row", get("end"), () => {
      if (this.plan.channelsLast) this.#emitChannels();
      else this.#emitPlane();
    });
  }

  /** The gradient of a plane. */
  #emitPlane(): void {
    const { frame } = this;
    const outputs = frame.field("out_plane");
    const result = resultField(this.program.outputs[0].name);
    const plane = mul(get("row"), frame.field("in_plane"));
    frame.set("target", "i32", address(result, plane));
    this.#fill(get("target"), frame.field("in_plane"));
    const give = (plane: Term) => {
      const first = frame.set("window", "i32", mul(plane, outputs));
      frame.set("window_end", "i32", add(first, outputs));
      frame.set("base", "i32", get("target"));
      this.#give({ step: frame.integer(4), apart: 0 });
    };
    if (!this.plan.sources) return give(get("row"));
    const channels = frame.field("channels");
    frame.set("item", "i32", call("i32.div_u", get("row"), channels));
    const channel = call("i32.rem_u", get("row"), channels);
    frame.set("channel", "i32", channel);
    forEachReader(
      frame,
      get("item"),
      (item) => give(add(mul(item, channels), get("channel"))),
    );
  }

  /** The gradient of an item, or of a part of its channels. */
  #emitChannels(): void {
    const { frame } = this;
    const result = resultField(this.program.outputs[0].name);
    const [inputs, outputs] = [
      frame.field("in_plane"),
      frame.field("out_plane"),
    ];
    const channels = frame.field("channels");
    const { from, to } = setChannelPart(frame);
    frame.set("channel", "i32", from);
    frame.set("own", "i32", sub(to, from));
    frame.set("step", "v128", call("i32x4.splat", bytes(channels)));
    const rowOf = (item: Term, plane: Term) =>
      add(mul(mul(item, plane), channels), get("channel"));
    frame.set("target", "i32", address(result, rowOf(get("item"), inputs)));
    frame.set("place", "i32", int(0));
    frame.set("at", "i32", get("target"));
    frame.loop("place", inputs, () => {
      this.#fill(get("at"), get("own"));
      frame.set("at", "i32", add(get("at"), bytes(channels)));
    });
    const give = (item: Term) => {
      frame.set("place", "i32", int(0));
      frame.set("first", "i32", rowOf(item, outputs));
      frame.loop("place", outputs, () => {
        frame.set("window", "i32", get("first"));
        frame.set("window_end", "i32", add(get("first"), get("own")));
        frame.set("base", "i32", get("target"));
        this.#give({ step: get("step"), apart: 1 });
        frame.set("first", "i32", add(get("first"), channels));
      });
    };
    if (this.plan.sources) forEachReader(frame, get("item"), give);
    else give(get("item"));
  }

  /** Sets some elements from an address on to 0. */
  #fill(start: Term, count: Term): void {
    this.frame.line(call("memory.fill", start, int(0), bytes(count)));
  }

  /**
   * Adds what windows give, from `window` up to `window_end`. The element
   * `index` of window `window + lane` lies `index · step + 4 · apart · lane`
   * bytes behind the local `base`, which moves on by `4 · apart` a window.
   */
  #give({ step, apart }: { step: Term; apart: 0 | 1 }): void {
    const { frame } = this;
    const evaluator = this.#evaluator;
    const { place, value } = this.#gift;
    const read = (name: string) =>
      load(address(tensorField(name), get("window")));
    evaluator.place = { ...UNKNOWN_PLACE, perWindow: read };
    const give = (lane: number) => {
      const offset = call(`i32x4.extract_lane ${lane}`, get("offsets"));
      const to = frame.set("to", "i32", add(get("base"), offset));
      const gift = call(`f32x4.extract_lane ${lane}`, get("gifts"));
      const at = `offset=${4 * apart * lane}`;
      const sum = call("f32.add", call(`f32.load ${at}`, to), gift);
      frame.line(call(`f32.store ${at}`, to, sum));
    };
    frame.loop("window", get("window_end"), () => {
      evaluator.nextVector();
      frame.set("places", "v128", evaluator.evaluate(place));
      frame.set("gifts", "v128", evaluator.evaluate(value));
      frame.set("offsets", "v128", call("i32x4.mul", get("places"), step));
      const left = sub(get("window_end"), get("window"));
      frame.set("left", "i32", left);
      const all = call(
        "i32.and",
        call("i32.ge_s", get("left"), int(4)),
        call("i32.eqz", call("i32x4.bitmask", get("places"))),
      );
      frame.when(all, () => {
        for (let lane = 0; lane < 4; lane++) give(lane);
      }, () => {
        // An empty window gives to none.
        for (let lane = 0; lane < 4; lane++) {
          const index = call(`i32x4.extract_lane ${lane}`, get("places"));
          const gives = call(
            "i32.and",
            call("i32.gt_s", get("left"), int(lane)),
            call("i32.ge_s", index, int(0)),
          );
          frame.when(gives, () => give(lane));
        }
      });
      if (apart) frame.set("base", "i32", add(get("base"), int(16)));
    }, 4);
  }
}
