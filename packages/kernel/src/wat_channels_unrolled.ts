import { foldPasses } from "./program.ts";
import { usualVectors } from "./wat_usual_case.ts";
import { withKnownCounts } from "./known_counts.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import {
  type ChannelsVectors,
  emitVectors,
  type Formulas,
} from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { address } from "./wat_expression.ts";
import { load, tensorField } from "./wat_frame.ts";
import { add, bytes, call, get, int, type Term } from "./wat_text.ts";

/** Positions of a window, and positions times passes, that are unrolled at most. */
const UNROLLED = { positions: 25, total: 64 };

/** A position of a window whose address does not wait for the channel. */
export interface UnrolledTap {
  /** Its place in the window along each axis. */
  readonly at: readonly number[];
  /** What ends the names of its locals. */
  readonly mark: string;
}

/** The positions of a window where all are inside, if they are few. */
export function unrolledTaps({ plan, program }: Channels): UnrolledTap[] {
  const sizes = plan.axes.map(({ size }) => size);
  const count = sizes.reduce((a, b) => a * b);
  const total = count * foldPasses(program.outputs).length;
  const few = count <= UNROLLED.positions && total <= UNROLLED.total;
  const slides = plan.axes.every(({ kind }) => kind === "slide");
  if (!plan.channelsLast || plan.lanes === 1 || !few || !slides) return [];
  const taps = Array.from({ length: count }, (_, index) => ({
    at: [
      Math.floor(index / sizes[2] / sizes[1]),
      Math.floor(index / sizes[2]) % sizes[1],
      index % sizes[2],
    ],
    mark: `.tap${index}`,
  }));
  // Column by column, where rows that are folded first are added up so.
  return plan.foldsRows ? taps.sort((a, b) => a.at[2] - b.at[2]) : taps;
}

/**
 * Runs a window program on the channels of a window that lies inside.
 *
 * @param source the item of the input that it is read from
 * @param general the text for a vector that has met what is no number
 */
export function emitUnrolledWindow(
  channels: Channels,
  { taps, source, general }: {
    readonly taps: readonly UnrolledTap[];
    readonly source: Term;
    readonly general: () => void;
  },
): void {
  const { frame, plan, program } = channels;
  for (const tap of taps) setTap(channels, tap, source);
  const [inside, padded] = [
    plan.axes.map(({ size }) => size).reduce((a, b) => a * b),
  ].flatMap((count) => [count, count]);
  const unrolled: Omit<ChannelsVectors, "vectors" | "general" | "outputs"> = {
    hasFirst: true,
    forEachElement: (step, endColumn) => {
      for (const [index, tap] of taps.entries()) {
        step({ first: index === 0, place: placeOf(channels, tap) });
        if (tap.at[2] !== taps[index + 1]?.at[2]) endColumn();
      }
    },
  };
  const emit = (formulas: Formulas, vectors: number, general: string) => {
    frame.set("offset", "i32", bytes(get("channel")));
    emitVectors(channels, { ...unrolled, ...formulas, vectors, general });
  };
  const all = { outputs: withKnownCounts(program.outputs, { inside, padded }) };
  // A row that was usual has been folded at once.
  const usual = plan.foldsRows ? undefined : usualVectors(all);
  const single = () =>
    frame.orElse("$general", () => emit(all, 1, "$general"), () => {
      // The vector met what is no number.
      general();
    });
  channels.forEachChannel(
    () => {
      if (!usual) return single();
      frame.orElse(
        "$unusual",
        () => emit(usual, 1, "$unusual"),
        single,
        "$stored",
      );
    },
    isWide(channels)
      ? {
        vectors: VECTORS,
        body: () => emit(usual ?? all, VECTORS, "$single"),
        leaves: true,
      }
      : undefined,
  );
}

/** Sets the locals of a position: its index in its plane, its addresses. */
function setTap(
  channels: Channels,
  { at, mark }: UnrolledTap,
  source: Term,
): void {
  const { frame, axes, program } = channels;
  const place = axes.map((axis, index) =>
    add(axis.start, at[index] * axis.axis.dilation)
  );
  const inPlane = frame.set(
    `position${mark}`,
    "i32",
    channels.inPlane("in", place),
  );
  if (channels.usesPositions) {
    const splat = call("i32x4.splat", inPlane);
    frame.set(`positions${mark}`, "v128", splat);
  }
  frame.set("channel", "i32", int(0));
  const index = channels.index("in", { item: source, inPlane });
  for (const { name, role } of program.tensors) {
    if (role !== "element") continue;
    frame.set(`${name}${mark}`, "i32", address(tensorField(name), index));
  }
}

/** What is known of an unrolled position. */
function placeOf(channels: Channels, { at, mark }: UnrolledTap) {
  return (further: number) => ({
    element: (name: string) =>
      load(add(get(`${name}${mark}`), get("offset")), further),
    position: () => get(`positions${mark}`),
    tapIndex: () => call("i32x4.splat", channels.tapIndex(at.map(int))),
  });
}
