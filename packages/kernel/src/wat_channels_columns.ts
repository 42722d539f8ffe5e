import type { Expression } from "./expression.ts";
import { type Channels, isWide } from "./wat_channels.ts";
import {
  type OpenVector,
  openVectors,
  storeVectors,
} from "./wat_channels_vectors.ts";
import { VECTORS } from "./wat_cost.ts";
import { combineFold, startOf } from "./wat_folds.ts";
import { load } from "./wat_frame.ts";
import { add, bytes, get, int, mul, sub } from "./wat_text.ts";

/** Columns of a window that are unrolled at most, and otherwise at a time. */
const UNROLLED = { most: 16, otherwise: 8 };

/**
 * Folds columns of buffers into which the rows of a row of windows are folded,
 * and stores what comes of it.
 */
export function emitFoldedColumns(
  channels: Channels,
  folds: readonly Expression[],
): void {
  const { frame, axes, element, group, program } = channels;
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
      const all = openVectors(channels, program.outputs, vectors);
      for (const fold of folds) foldColumns(channels, fold, all);
      storeVectors(channels, program.outputs, all);
    };
    channels.forEachChannel(
      () => emit(1),
      isWide(channels)
        ? { vectors: VECTORS, body: () => emit(VECTORS) }
        : undefined,
    );
  });
}

/** Folds the columns of some vectors of a window. */
function foldColumns(
  channels: Channels,
  fold: Expression,
  all: readonly OpenVector[],
): void {
  const { frame, axes: [, , width], evaluator } = channels;
  const name = evaluator.name(fold);
  const sum = ({ further }: OpenVector) => `${name}.columns${further}`;
  const next = () =>
    frame.set("column", "i32", add(get("column"), get("column_step")));
  frame.set(
    "column",
    "i32",
    add(
      add(get(`buffer.${name}`), get("column_start")),
      bytes(get("channel")),
    ),
  );
  const { kind, size } = width.axis;
  if (kind === "slide" && size <= UNROLLED.most) {
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
    loop(UNROLLED.otherwise);
    loop(1);
  }
  for (const vector of all) {
    vector.evaluator.define(fold, get(sum(vector)));
  }
}
