import { type Channels, isWide } from "./wat_channels.ts";
import { emitChannelsRows } from "./wat_channels_rows.ts";
import { emitUnrolledWindow, unrolledTaps } from "./wat_channels_unrolled.ts";
import { emitVectors } from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { address } from "./wat_expression.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { call, get, type Term } from "./wat_text.ts";

/** Runs a window program on four channels of a window at a time. */
export function emitChannelsWindow(channels: Channels): void {
  const { frame, axes, plan } = channels;
  if (plan.foldsRows) return emitFoldedRows(channels);
  const taps = unrolledTaps(channels);
  const eachChannel = plan.per === "plane";
  channels.forEachElement("out", () => {
    frame.set("to_plane", "i32", channels.inPlane("out", channels.element));
    const source = setSource(channels);
    const find = () => {
      for (const [index, axis] of axes.entries()) {
        axis.find(channels.element[index], channels.group);
      }
    };
    if (!eachChannel) find();
    const vectors = (vectors: number) =>
      emitAnyWindow(channels, source, vectors);
    const general = () => {
      if (!eachChannel) channels.setCounts();
      channels.forEachChannel(
        () => {
          if (eachChannel) {
            find();
            channels.setCounts();
          }
          vectors(1);
        },
        taps.length === 0 && isWide(channels)
          ? { vectors: VECTORS, body: () => vectors(VECTORS) }
          : undefined,
      );
    };
    if (taps.length === 0) return general();
    const whole = axes.map((axis) => axis.isWhole())
      .filter((term) => term !== undefined);
    const unrolled = () =>
      emitUnrolledWindow(channels, {
        taps,
        source,
        general: () => {
          channels.setCounts();
          vectors(1);
        },
      });
    if (whole.length === 0) return unrolled();
    frame.when(
      whole.reduce((a, b) => call("i32.and", a, b)),
      unrolled,
      general,
    );
  });
}

/** Folds rows first, and windows of rows that met what is no number on their own. */
function emitFoldedRows(channels: Channels): void {
  const { axes, element, group } = channels;
  emitChannelsRows(channels, () => {
    axes[2].find(element[2], group);
    channels.setCounts();
    channels.forEachChannel(() => emitAnyWindow(channels, get("item"), 1));
  });
}

/** The item of the input that the windows are read from. */
function setSource({ frame, plan }: Channels): Term {
  if (!plan.sources) return get("item");
  frame.field("sources");
  const source = call("i32.load", address("sources", get("item")));
  return frame.set("source", "i32", source);
}

/** Folds neighbouring vectors of a window that may lie anywhere. */
function emitAnyWindow(
  channels: Channels,
  source: Term,
  vectors: number,
): void {
  const { frame, axes, program } = channels;
  emitVectors(channels, {
    outputs: program.outputs,
    vectors,
    hasFirst: false,
    forEachElement: (step) =>
      forEachElement(axes, () => {
        const position = channels.inPlane("in", axes.map((axis) => axis.at));
        const inPlane = frame.set("position", "i32", position);
        const index = channels.index("in", { item: source, inPlane });
        frame.set("at", "i32", index);
        step({});
      }),
  });
}

function forEachElement(axes: readonly AxisRanges[], body: () => void): void {
  const [axis, ...rest] = axes;
  if (!axis) return body();
  axis.forEach(() => forEachElement(rest, body));
}
