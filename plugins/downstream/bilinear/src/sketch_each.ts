import type { Context, Routine, Shape, Value } from "@rockpool/core";
import { concatKernel, expand, sparseSamples } from "@rockpool/kernel";
import { dot } from "./dot.ts";
import type { MatrixPair } from "./features.ts";
import { slice } from "./slice.ts";
import type { Sketch } from "./tensor_sketch.ts";

/** Products of channels that are held at once, 64 MiB of them. */
const MOST_PRODUCTS = 2 ** 24;

/**
 * The sketch of each location, `[N, d, M]`, or `[N, M, d]` in NHWC.
 *
 * The products of all channels of all locations are many; they are made for
 * some locations at a time, and again for the gradient.
 */
export function sketchEach(
  cx: Context,
  { x, y, layout }: MatrixPair,
  sketch: Sketch,
  most: number = MOST_PRODUCTS,
): Value {
  // Locations behind the channels, or, where they stand before, as items.
  const view = ([items, first, last]: Shape): Shape =>
    layout === "NCHW" ? [items, first, last] : [items * first, last, 1];
  const inputs = [x, y].map((value) => cx.reshape(value, view(value.shape)));
  const axis = layout === "NCHW" ? 2 : 0;
  const phi = cx.routine(routineOf(sketch, { axis, most }), inputs);
  const [items, first, last] = x.shape;
  return cx.reshape(
    phi,
    layout === "NCHW"
      ? [items, sketch.outputDim, last]
      : [items, first, sketch.outputDim],
  );
}

/** An axis that is done in parts, of so many products at most. */
interface Parts {
  readonly axis: 0 | 2;
  readonly most: number;
}

/** The sketch of `[A, C1, T]` and `[A, C2, T]`, in parts. */
function routineOf(sketch: Sketch, parts: Parts): Routine {
  return {
    name: "sketch-each",
    forward: (cx, inputs) => ({
      y: inParts(cx, inputs, parts, (cx, [x, y]) => sums(cx, x, y, sketch)),
      kept: [],
    }),
    backward(cx, { inputs: [x, y], gradient }) {
      const both = inParts(
        cx,
        [x, y, gradient],
        parts,
        (cx, [x, y, gradient]) =>
          cx.concat(shares(cx, { x, y, gradient }, sketch), concatKernel, 1),
      );
      const [rows, columns] = [x.shape[1], y.shape[1]];
      return [
        slice(cx, both, { axis: 1, start: 0, count: rows }),
        slice(cx, both, { axis: 1, start: rows, count: columns }),
      ];
    },
  };
}

/** Does work for parts of values along an axis and joins what it gives. */
function inParts(
  cx: Context,
  values: readonly Value[],
  { axis, most }: Parts,
  work: (cx: Context, parts: readonly Value[]) => Value,
): Value {
  const [x, y] = values;
  const length = x.shape[axis];
  const each = x.shape[1] * y.shape[1] * x.shape[2 - axis];
  const step = Math.max(1, Math.floor(most / each));
  if (length <= step) return work(cx, values);
  const parts: Value[] = [];
  for (let start = 0; start < length; start += step) {
    const count = Math.min(step, length - start);
    // In a routine of its own, so that what it made is freed before the next.
    const part: Routine = {
      name: "sketch-part",
      forward: (cx, values) => ({
        y: work(
          cx,
          values.map((value) => slice(cx, value, { axis, start, count })),
        ),
        kept: [],
      }),
      backward: () => [],
    };
    parts.push(cx.routine(part, values));
  }
  return cx.concat(parts, concatKernel, axis);
}

/** x or y for each pair of channels, `[A, C1, C2, T]`. */
function forPairs(cx: Context, x: Value, y: Value): [Value, Value] {
  const [items, rows, locations] = x.shape;
  const columns = y.shape[1];
  return [
    expand(cx, cx.reshape(x, [items, rows, 1, locations]), {
      axis: 2,
      count: columns,
    }),
    expand(cx, cx.reshape(y, [items, 1, columns, locations]), {
      axis: 1,
      count: rows,
    }),
  ];
}

/** φ[k] = Σ s1_i s2_j x_i y_j over the pairs of bucket k. */
function sums(
  cx: Context,
  x: Value,
  y: Value,
  { buckets, outputDim }: Sketch,
): Value {
  const [a, b] = forPairs(cx, x, y);
  const [items, rows, columns, locations] = a.shape;
  const shape = [items, rows * columns, locations];
  const pairs = dot(cx, a, b, { layout: "NHWC", shape });
  return cx.sample(
    pairs,
    sparseSamples(shape, {
      rows: buckets,
      outputSize: [outputDim],
      layout: "NHWC",
    }),
  );
}

/** gx_i = Σ_j s1_i s2_j g[k] y_j and gy_j = Σ_i s1_i s2_j g[k] x_i. */
function shares(
  cx: Context,
  { x, y, gradient }: {
    readonly x: Value;
    readonly y: Value;
    readonly gradient: Value;
  },
  { pairs }: Sketch,
): [Value, Value] {
  const [a, b] = forPairs(cx, x, y);
  const [items, rows, columns, locations] = a.shape;
  const arriving = cx.sample(
    gradient,
    sparseSamples(gradient.shape, {
      rows: pairs,
      outputSize: [rows * columns],
      layout: "NHWC",
    }),
  );
  const gx = dot(cx, arriving, b, {
    length: columns,
    layout: "NHWC",
    shape: [items * rows, columns, locations],
  });
  const gy = dot(cx, arriving, a, {
    length: rows,
    layout: "NHWC",
    shape: [items, rows, columns * locations],
  });
  return [cx.reshape(gx, x.shape), cx.reshape(gy, y.shape)];
}
