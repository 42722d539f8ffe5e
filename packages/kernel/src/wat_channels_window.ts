import { usualVectors } from "./wat_usual_case.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import { emitChannelsPlaces } from "./wat_channels_places.ts";
import { emitChannelsRows } from "./wat_channels_rows.ts";
import {
  emitUnrolledWindow,
  type UnrolledTap,
  unrolledTaps,
} from "./wat_channels_unrolled.ts";
import {
  type ChannelsVectors,
  emitVectors,
  type Formulas,
} from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { address } from "./wat_expression.ts";
import type { AxisRanges } from "./wat_ranges.ts";
import { call, get, type Term } from "./wat_text.ts";

/** Runs a window program on four channels of a window at a time. */
export function emitChannelsWindow(channels: Channels): void {
  const { plan, program } = channels;
  // Rows rarely meet what is no number, and more often what is unusual.
  const isRare = plan.foldsRows && !usualVectors(program) || plan.keepsPlaces;
  const taps = isRare ? [] : unrolledTaps(channels);
  const emit = () => emitWindow(channels, taps);
  if (plan.keepsPlaces) emitChannelsPlaces(channels, emit);
  else if (plan.foldsRows) emitChannelsRows(channels, emit);
  else channels.forEachElement("out", emit);
}

/** Folds all channels of a window. */
function emitWindow(channels: Channels, taps: readonly UnrolledTap[]): void {
  const { frame, axes, plan } = channels;
  const eachChannel = plan.per === "plane";
  frame.set("to_plane", "i32", channels.inPlane("out", channels.element));
  const source = setSource(channels);
  const find = () => {
    for (const [index, axis] of axes.entries()) {
      axis.find(channels.element[index], channels.group);
    }
  };
  if (!eachChannel) find();
  // A row that was usual has been folded at once.
  const usual = plan.foldsRows ? undefined : usualVectors(channels.program);
  const any = { source, vectors: 1 };
  const general = () => {
    if (!eachChannel) channels.setCounts();
    channels.forEachChannel(
      () => {
        if (eachChannel) {
          find();
          channels.setCounts();
        }
        if (!usual) return emitAnyWindow(channels, any);
        frame.orElse("$unusual", () =>
          emitAnyWindow(channels, {
            ...any,
            ...usual,
            general: "$unusual",
          }), () => emitAnyWindow(channels, any));
      },
      // Rows are rarely unusual: their text is short, so that the rest of it is
      // compiled well.
      taps.length === 0 && !plan.foldsRows && !plan.keepsPlaces &&
        isWide(channels)
        ? {
          vectors: VECTORS,
          body: () =>
            emitAnyWindow(channels, {
              source,
              vectors: VECTORS,
              ...(usual && { ...usual, general: "$single" }),
            }),
          leaves: usual !== undefined,
        }
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
        emitAnyWindow(channels, any);
      },
    });
  if (whole.length === 0) return unrolled();
  frame.when(
    whole.reduce((a, b) => call("i32.and", a, b)),
    unrolled,
    general,
  );
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
  { source, ...formulas }:
    & { readonly source: Term }
    & Pick<ChannelsVectors, "vectors" | "general">
    & Partial<Formulas>,
): void {
  const { frame, axes, program } = channels;
  emitVectors(channels, {
    outputs: program.outputs,
    ...formulas,
    hasFirst: false,
    forEachElement: (step, endColumn) => {
      const element = () => {
        const position = channels.inPlane("in", axes.map((axis) => axis.at));
        const inPlane = frame.set("position", "i32", position);
        const index = channels.index("in", { item: source, inPlane });
        frame.set("at", "i32", index);
        step({});
      };
      if (!channels.plan.foldsRows) return forEachElement(axes, element);
      const [depth, height, width] = axes;
      width.forEach(() => {
        forEachElement([depth, height], element);
        endColumn();
      });
    },
  });
}

function forEachElement(axes: readonly AxisRanges[], body: () => void): void {
  const [axis, ...rest] = axes;
  if (!axis) return body();
  axis.forEach(() => forEachElement(rest, body));
}
