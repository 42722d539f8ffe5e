import { foldPasses, valuesOf } from "./program.ts";
import type { Channels } from "./wat_channels.ts";
import { VECTORS, vectorsOf } from "./wat_cost.ts";
import { address, VectorEvaluator } from "./wat_expression.ts";
import { FoldPass } from "./wat_folds.ts";
import { load, tensorField } from "./wat_frame.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { add, bytes, call, get, int, type Term } from "./wat_text.ts";

/** Positions of a window, and positions times passes, that are unrolled at most. */
const UNROLLED = { positions: 25, total: 64 };

/** Runs a window program on four channels of a window at a time. */
export function emitChannelsWindow(channels: Channels): void {
  const { frame, axes, plan } = channels;
  const taps = unrolledTaps(channels);
  const eachChannel = plan.per === "plane";
  channels.forEachElement("out", () => {
    frame.set("to_plane", "i32", channels.inPlane("out", channels.element));
    setSource(channels);
    const find = () => {
      for (const [index, axis] of axes.entries()) {
        axis.find(channels.element[index], channels.group);
      }
    };
    if (!eachChannel) find();
    const general = () =>
      channels.forEachChannel(
        () => {
          if (eachChannel) find();
          emitVectors(channels, { taps: [] });
        },
        taps.length === 0 && isWide(channels)
          ? {
            vectors: VECTORS,
            body: () => emitVectors(channels, { taps: [], vectors: VECTORS }),
          }
          : undefined,
      );
    if (taps.length === 0) return general();
    const whole = axes.map((axis) => axis.isWhole())
      .filter((term) => term !== undefined);
    const unrolled = () => {
      for (const tap of taps) setTap(channels, tap);
      channels.forEachChannel(() => {
        frame.nest("(block $done", () => {
          frame.nest("(block $general", () => {
            emitVectors(channels, { taps, whereNaN: "$general" });
            frame.line("(br $done)");
          });
          frame.comment("the vector met what is no number");
          emitVectors(channels, { taps: [] });
        });
      });
    };
    if (whole.length === 0) return unrolled();
    frame.when(
      whole.reduce((a, b) => call("i32.and", a, b)),
      unrolled,
      general,
    );
  });
}

/**
 * Whether neighbouring vectors are folded at a time, so that what lies in a
 * cache line is read at once.
 */
function isWide({ plan, program }: Channels): boolean {
  return plan.channelsLast && plan.lanes === 4 &&
    foldPasses(program.outputs).every((folds) =>
      vectorsOf(folds.flatMap(({ operands }) => operands)) === VECTORS
    );
}

/** A position of a window whose address does not wait for the channel. */
interface UnrolledTap {
  /** Its place in the window along each axis. */
  readonly at: readonly [number, number, number];
  /** What ends the names of its locals. */
  readonly mark: string;
}

/** The positions of a window where all are inside, if they are few. */
function unrolledTaps({ plan, program }: Channels): UnrolledTap[] {
  const sizes = plan.axes.map(({ size }) => size);
  const count = sizes.reduce((a, b) => a * b);
  const total = count * foldPasses(program.outputs).length;
  const few = count <= UNROLLED.positions && total <= UNROLLED.total;
  const slides = plan.axes.every(({ kind }) => kind === "slide");
  if (!plan.channelsLast || plan.lanes === 1 || !few || !slides) return [];
  return Array.from({ length: count }, (_, index) => ({
    at: [
      Math.floor(index / sizes[2] / sizes[1]),
      Math.floor(index / sizes[2]) % sizes[1],
      index % sizes[2],
    ],
    mark: `.tap${index}`,
  }));
}

/** Sets the item of the input that the windows are read from. */
function setSource({ frame, plan }: Channels): void {
  if (!plan.sources) return;
  frame.field("sources");
  const source = call("i32.load", address("sources", get("item")));
  frame.set("source", "i32", source);
}

function sourceOf({ plan }: Channels): Term {
  return plan.sources ? get("source") : get("item");
}

/** Sets the locals of a position: its index in its plane, its addresses. */
function setTap(channels: Channels, { at, mark }: UnrolledTap): void {
  const { frame, axes, program } = channels;
  const place = axes.map((axis: AxisRanges, index) =>
    add(axis.start, at[index] * axis.axis.dilation)
  );
  const inPlane = frame.set(
    `position${mark}`,
    "i32",
    channels.inPlane("in", place),
  );
  frame.set("channel", "i32", int(0));
  const index = channels.index("in", { item: sourceOf(channels), inPlane });
  for (const { name, role } of program.tensors) {
    if (role !== "element") continue;
    frame.set(`${name}${mark}`, "i32", address(tensorField(name), index));
  }
}

/** How {@linkcode emitVectors} works. */
interface VectorOptions {
  /** The positions of a window, where they are unrolled. */
  readonly taps: readonly UnrolledTap[];
  /** Where to go on if a result could be NaN. */
  readonly whereNaN?: string;
  /** Vectors at a time, 1 by default. */
  readonly vectors?: number;
}

/** Neighbouring vectors of windows, from their first element to what is stored. */
function emitVectors(
  channels: Channels,
  { taps, whereNaN, vectors = 1 }: VectorOptions,
): void {
  const { frame, program, axes } = channels;
  const item = get("item");
  const inPlane = get("to_plane");
  const to = frame.set("to", "i32", channels.index("out", { item, inPlane }));
  if (program.random) {
    frame.set("order", "i32", channels.windowOrder(inPlane));
  }
  if (taps.length > 0) frame.set("offset", "i32", bytes(get("channel")));
  const at = { element: get("at"), window: to, windowOrder: get("order") };
  const all = Array.from({ length: vectors }, (_, index) => ({
    evaluator: index === 0
      ? channels.evaluator
      : new VectorEvaluator(frame, valuesOf(program), `.${index}`),
    place: channels.place(at, 4 * index),
    index: add(to, 4 * index),
  }));
  for (const { evaluator, place } of all) {
    evaluator.nextVector();
    evaluator.place = place;
  }
  for (const folds of foldPasses(program.outputs)) {
    const passes = all.map(({ evaluator }) =>
      new FoldPass(evaluator, folds, whereNaN)
    );
    for (const pass of passes) {
      pass.evaluator.prepare(folds.flatMap((fold) => fold.operands));
      if (taps.length === 0) pass.start();
    }
    for (const tap of taps) stepTap(channels, passes[0], { tap, taps });
    if (taps.length === 0) {
      forEachElement(axes, () => {
        setElement(channels);
        for (const pass of passes) {
          pass.evaluator.nextElement();
          pass.step();
        }
      });
    }
    for (const [index, pass] of passes.entries()) {
      pass.evaluator.place = all[index].place;
      pass.finish();
    }
  }
  for (const { name, value } of program.outputs) {
    for (const { evaluator, index } of all) {
      const vector = evaluator.evaluate(value);
      channels.write(name, "out", { index, vector });
    }
  }
}

/** Folds an unrolled position. */
function stepTap(
  channels: Channels,
  pass: FoldPass,
  { tap, taps }: { tap: UnrolledTap; taps: readonly UnrolledTap[] },
): void {
  const { evaluator } = pass;
  const row = tap.at.map(int);
  evaluator.place = {
    ...evaluator.place,
    element: (name) => load(add(get(`${name}${tap.mark}`), get("offset"))),
    position: () => call("i32x4.splat", get(`position${tap.mark}`)),
    tapIndex: () => call("i32x4.splat", channels.tapIndex(row)),
  };
  evaluator.nextElement();
  pass.step({ first: tap === taps[0] });
}

/** Where the element lies that a loop over positions is at. */
function setElement(channels: Channels): void {
  const { frame, axes } = channels;
  const inPlane = frame.set(
    "position",
    "i32",
    channels.inPlane("in", axes.map((axis) => axis.at)),
  );
  const index = channels.index("in", { item: sourceOf(channels), inPlane });
  frame.set("at", "i32", index);
}

function forEachElement(axes: readonly AxisRanges[], body: () => void): void {
  const [axis, ...rest] = axes;
  if (!axis) return body();
  axis.forEach(() => forEachElement(rest, body));
}
