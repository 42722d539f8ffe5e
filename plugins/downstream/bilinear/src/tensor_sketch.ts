import type { Context, Layout, Value } from "@rockpool/core";
import {
  Recent,
  slide,
  type SparseRows,
  sparseSamples,
  transposeRows,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { type MatrixPair, products } from "./features.ts";
import type { CountSketch } from "./hashes.ts";
import { sketchEach } from "./sketch_each.ts";

/** Where pairs of channels go, and what is summed in each bucket. */
export interface Sketch {
  /** The number of buckets. */
  readonly outputDim: number;
  /** The bucket of each pair of channels, with its sign. */
  readonly pairs: SparseRows;
  /** The pairs of each bucket, with their signs. */
  readonly buckets: SparseRows;
}

const known = new Recent<Sketch>(16);

/**
 * Pair (i, j) goes to bucket `(h1_i + h2_j) mod d` with sign `s1_i s2_j`: the
 * circular convolution of both count sketches, without a Fourier transform.
 */
export function sketchOf(
  first: CountSketch,
  second: CountSketch,
  outputDim: number,
): Sketch {
  const numbers = [first, second].flatMap(({ buckets, signs }) => [
    Array.from(buckets),
    Array.from(signs),
  ]);
  return known.get(JSON.stringify([outputDim, numbers]), () => {
    const [rows, columns] = [first.buckets.length, second.buckets.length];
    const pairs = {
      offsets: Int32Array.from({ length: rows * columns + 1 }, (_, at) => at),
      entries: new Int32Array(rows * columns),
      weights: new Float32Array(rows * columns),
    };
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, at++) {
        const bucket = first.buckets[i] + second.buckets[j];
        pairs.entries[at] = bucket % outputDim;
        pairs.weights[at] = first.signs[i] * second.signs[j];
      }
    }
    return { outputDim, pairs, buckets: transposeRows(pairs, outputDim) };
  });
}

const signed: WindowKernel = windowKernel(
  "signed",
  ["x"],
  ({ x, signs }, fold) => fold.sum(x.mul(signs)),
  { channels: ["signs"] },
);

/** Features times a number for each channel, which is learned. */
export function withSigns(
  cx: Context,
  x: Value,
  signs: Value,
  layout: Layout,
): Value {
  const each = slide(x.shape, { axes: 1, kernelSize: 1, layout });
  return cx.window(signed, { values: { x, signs } }, each).y;
}

/** φ as `[N, 1, d]`, or of each location as the features lie. */
export function tensorSketch(
  cx: Context,
  pair: MatrixPair,
  { sketch, sumPool }: { readonly sketch: Sketch; readonly sumPool: boolean },
): Value {
  if (!sumPool) return sketchEach(cx, pair, sketch);
  const b = products(cx, pair);
  const [items, rows, columns] = b.shape;
  const flat = cx.reshape(b, [items, 1, rows * columns]);
  return cx.sample(
    flat,
    sparseSamples(flat.shape, {
      rows: sketch.buckets,
      outputSize: [sketch.outputDim],
    }),
  );
}
