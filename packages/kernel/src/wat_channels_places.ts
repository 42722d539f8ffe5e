import type { Geometry } from "./geometry.ts";
import { foldPasses, type Program } from "./program.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import { setChannelPart } from "./wat_channels_part.ts";
import {
  type OpenVector,
  openVectors,
  storeVectors,
} from "./wat_channels_vectors.ts";
import { isPointwise } from "./wat_columns_separable.ts";
import { VECTORS } from "./wat_cost.ts";
import { FoldPass, leaveOnNaN } from "./wat_folds.ts";
import { load } from "./wat_frame.ts";
import { add, bytes, call, get, int, mul, sub, type Term } from "./wat_text.ts";

/**
 * Elements of windows from which on that pays, milliseconds of two threads for
 * the greatest and its place, with each window folded on its own in brackets:
 * 3×3/2 of 8×56×56×64 0.36 (0.28), 3×3/1 of 8×28×28×192 0.70 (0.70), 5×5/1 of
 * 1×20×20×256 0.08 (0.26), 9×9/1 0.12 (0.75), 13×13/1 0.15 (1.39).
 */
const LEAST = 16;

/** Whether a program asks for the best of one formula, where it is, and no more. */
function asksPlaces({ kind, outputs }: Program): boolean {
  const [folds, ...others] = foldPasses(outputs);
  if (kind !== "window" || !folds || others.length > 0) return false;
  const arg = folds.find(({ operation }) => operation.startsWith("arg"));
  return arg !== undefined && isPointwise(arg.operands[0]) &&
    folds.every(({ operation, operands: [body] }) =>
      body === arg.operands[0] &&
      operation.slice(-2) === arg.operation.slice(-2)
    );
}

/**
 * Whether rows of the input are folded once for all windows that reach into
 * them, with the places of the best.
 */
export function keepsPlaces(program: Program, geometry: Geometry): boolean {
  const { layout, sources, channels, axes, input } = geometry;
  const [depth, height, width] = axes;
  return layout === "NHWC" && !sources && channels >= 4 &&
    depth.size * input[0] === 1 && height.kind === "slide" &&
    axes.every(({ kind, dilation }) => kind === "slide" && dilation === 1) &&
    height.size > height.stride && height.size * width.size >= LEAST &&
    asksPlaces(program);
}

/** Bytes of each thread's ring, the most that a part of the channels needs. */
export function placesRing(
  { output, channels, axes: [, height] }: Geometry,
  parts: number,
): number {
  const widest = Math.min(channels, Math.ceil(channels / parts) + 16);
  return 8 * height.size * output[2] * widest;
}

/** What is folded along an axis, from one window to the next. */
interface Way {
  /** Where the windows' tap is counted, from what on, up to what. */
  readonly tap: string;
  readonly from: Term;
  readonly to: Term;
  /** Where to go on where NaN was met. */
  readonly label: string;
  /** Sets where the first candidates are, and the next. */
  start(): void;
  next(): void;
  /** Tells a vector what candidates are. */
  read(vector: OpenVector): void;
  /** Takes what came of it. */
  end(all: readonly OpenVector[], passes: readonly FoldPass[]): void;
}

/**
 * Runs a window program that asks for the best element of each window and its
 * place on all windows of an item, or of a part of its channels: each row of
 * the input is folded along its columns once, for all windows that reach into
 * it, and kept in a ring of as many rows as a window has; a row of windows
 * folds the rows of the ring.
 *
 * @param emitWindow the text for a window of a row that met what is no number
 */
export function emitChannelsPlaces(
  channels: Channels,
  emitWindow: () => void,
): void {
  const { frame, axes, program: { outputs } } = channels;
  const [, height, width] = axes;
  const rows = height.axis.size;
  const [folds] = foldPasses(outputs);
  const body = folds[0].operands[0];
  const set = (name: string, value: Term) => frame.set(name, "i32", value);
  const move = (name: string, by: Term | number) =>
    set(name, add(get(name), by));

  const fold = (way: Way) => {
    set("element_w", int(0));
    frame.loop("element_w", width.output, () => {
      width.find(get("element_w"), int(0));
      set("to_plane", channels.inPlane("out", channels.element));
      channels.setCounts();
      const emit = (vectors: number) => {
        set("own", bytes(sub(get("channel"), channels.range.from)));
        move("own", mul(get("element_w"), get("column_bytes")));
        const all = openVectors(channels, { outputs }, vectors);
        const passes = all.map(({ evaluator }) =>
          new FoldPass(evaluator, folds, way.label)
        );
        const step = (first: boolean) => {
          for (const [index, vector] of all.entries()) {
            vector.evaluator.nextVector();
            way.read(vector);
            passes[index].step({ first });
          }
        };
        way.start();
        step(true);
        set(way.tap, add(way.from, 1));
        frame.loop(way.tap, way.to, () => {
          way.next();
          step(false);
        });
        leaveOnNaN(passes);
        way.end(all, passes);
      };
      channels.forEachChannel(
        () => emit(1),
        isWide(channels)
          ? { vectors: VECTORS, body: () => emit(VECTORS) }
          : undefined,
      );
    });
  };
  const kept = (row: Term) => {
    const turn = mul(call("i32.rem_u", row, int(rows)), get("row_bytes"));
    return add(add(get("ring"), turn), get("own"));
  };
  const ofPlace = (at: string) => add(get(at), get("place_bytes"));

  const foldColumns = () =>
    fold({
      tap: "tap_w",
      from: width.from,
      to: width.to,
      label: "$met",
      start() {
        set(
          "position",
          channels.inPlane("in", [int(0), get("ready"), width.first]),
        );
        const inPlane = get("position");
        set("at", channels.index("in", { item: get("item"), inPlane }));
      },
      next() {
        move("position", 1);
        move("at", frame.field("channels"));
      },
      read({ evaluator, place }) {
        evaluator.place = place;
      },
      end(all, passes) {
        set("keep", kept(get("ready")));
        for (const [index, { further }] of all.entries()) {
          const [{ value, other }] = passes[index].accumulators();
          const store = `v128.store offset=${4 * further}`;
          frame.line(call(store, get("keep"), get(value)));
          frame.line(call(store, ofPlace("keep"), get(other!)));
        }
      },
    });
  const foldRows = () =>
    fold({
      tap: "tap_h",
      from: height.from,
      to: height.to,
      label: "$general",
      start() {
        set("kept_row", height.first);
        set("kept", kept(get("kept_row")));
      },
      next() {
        move("kept_row", 1);
        set("kept", kept(get("kept_row")));
      },
      read({ evaluator, place, further }) {
        const value = load(get("kept"), further);
        frame.set(`kept.${further}`, "v128", value);
        evaluator.useInvariant(new Map([[body, get(`kept.${further}`)]]));
        const position = () => load(ofPlace("kept"), further);
        evaluator.place = { ...place, position };
      },
      end(all, passes) {
        for (const pass of passes) pass.define();
        for (const { evaluator, place } of all) evaluator.place = place;
        storeVectors(channels, outputs, all);
      },
    });

  set("ring", frame.buffers);
  set("row", get("begin"));
  frame.loop("row", get("end"), () => {
    const { from, to } = channels.range = setChannelPart(frame);
    set("column_bytes", bytes(sub(to, from)));
    set("place_bytes", mul(get("column_bytes"), width.output));
    set("row_bytes", mul(get("place_bytes"), 2));
    set("ready", int(0));
    set("unusual", int(-1));
    set("element_d", int(0));
    set("element_h", int(0));
    frame.loop("element_h", height.output, () => {
      height.find(get("element_h"), int(0));
      set("end_row", add(height.start, height.to));
      frame.orElse("$general", () => {
        frame.loop("ready", get("end_row"), () =>
          frame.orElse(
            "$met",
            foldColumns,
            () => set("unusual", get("ready")),
            "$folded",
          ));
        const isUnusual = call("i32.ge_s", get("unusual"), height.first);
        frame.line(`(br_if $general ${isUnusual})`);
        foldRows();
      }, () => {
        // The row is unusual, or met what is no number.
        set("element_w", int(0));
        frame.loop("element_w", width.output, emitWindow);
      });
    });
  });
}
