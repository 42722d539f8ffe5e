import type { Expression } from "./expression.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import { COLUMNS } from "./wat_channels_plan.ts";
import {
  leaveUnlessMet,
  type OpenVector,
  openVectors,
  storeVectors,
} from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { combineFold, startOf } from "./wat_folds.ts";
import { load } from "./wat_frame.ts";
import type { OnePass } from "./wat_one_pass.ts";
import { add, bytes, get, int, mul, sub } from "./wat_text.ts";

/**
 * Folds columns of buffers into which the rows of a row of windows are folded,
 * and stores what comes of it.
 */
export function emitFoldedColumns(
  channels: Channels,
  { folds, outputs, conditions }: OnePass,
  general: string,
): void {
  const { frame, axes, element, group } = channels;
  const [, , width] = axes;
  const step = mul(frame.field("channels"), int(width.axis.dilation));
  frame.set("column_step", "i32", bytes(step));
  frame.set("element_w", "i32", int(0));
  frame.loop("element_w", width.output, () => {
    width.find(element[2], group);
    channels.setCounts();
    frame.set("to_plane", "i32", channels.inPlane("out", element));
    const start = bytes(mul(width.start, frame.field("channels")));
    frame.set("column_start", "i32", start);
    const emit = (vectors: number) => {
      const all = openVectors(channels, { outputs, conditions }, vectors);
      for (const [index, fold] of folds.entries()) {
        foldColumns(channels, { fold, buffer: bufferOf(index) }, all);
      }
      leaveUnlessMet(channels, { conditions, all, general });
      storeVectors(channels, outputs, all);
    };
    channels.forEachChannel(
      () => emit(1),
      isWide(channels)
        ? { vectors: VECTORS, body: () => emit(VECTORS) }
        : undefined,
    );
  });
}

/** The local of the address of column 0 of a fold's buffer. */
export function bufferOf(fold: number): string {
  return `buffer.${fold}`;
}

/** Folds the columns of some vectors of a window. */
function foldColumns(
  channels: Channels,
  { fold, buffer }: { fold: Expression; buffer: string },
  all: readonly OpenVector[],
): void {
  const { frame, axes: [, , width] } = channels;
  const sum = ({ further }: OpenVector) => `${buffer}.columns${further}`;
  const next = () =>
    frame.set("column", "i32", add(get("column"), get("column_step")));
  frame.set(
    "column",
    "i32",
    add(
      add(get(buffer), get("column_start")),
      bytes(get("channel")),
    ),
  );
  const { kind, size } = width.axis;
  if (kind === "slide" && size <= COLUMNS.most) {
    for (let tap = 0; tap < size; tap++) {
      if (tap > 0) next();
      for (const vector of all) {
        const value = load(get("column"), vector.further);
        const known = get(sum(vector));
        frame.set(
          sum(vector),
          "v128",
          tap > 0 ? combineFold(fold, known, value) : value,
        );
      }
    }
  } else {
    const start = frame.constant(startOf(fold));
    for (const vector of all) frame.set(sum(vector), "v128", start);
    frame.set("tap_w", "i32", int(0));
    const end = kind === "slide" ? width.size : width.to;
    const loop = (count: number) =>
      frame.loop("tap_w", sub(end, count - 1), () => {
        const parts: string[] = [];
        for (const vector of all) parts.push(`${sum(vector)}.part`);
        for (let tap = 0; tap < count; tap++) {
          for (const [index, vector] of all.entries()) {
            const value = load(get("column"), vector.further);
            const known = get(parts[index]);
            frame.set(
              parts[index],
              "v128",
              tap > 0 ? combineFold(fold, known, value) : value,
            );
          }
          next();
        }
        for (const [index, vector] of all.entries()) {
          const total = combineFold(fold, get(sum(vector)), get(parts[index]));
          frame.set(sum(vector), "v128", total);
        }
      }, count);
    loop(COLUMNS.otherwise);
    loop(1);
  }
  for (const vector of all) {
    vector.evaluator.define(fold, get(sum(vector)));
  }
}
