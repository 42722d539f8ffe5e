import type { Layout, Samples, Shape } from "@rockpool/core";
import type { SparseRows } from "./device.ts";
import { volume } from "./geometry.ts";
import { planesOf, shapeOf } from "./rank.ts";

/** For each output along an axis the elements it is a weighted sum of. */
export interface AxisSums {
  /** The elements of each output. */
  readonly elements: readonly (readonly number[])[];
  /** The weight of each of them. */
  readonly weights: readonly (readonly number[])[];
}

/** An item of the output: what it is read from, and how along each axis. */
export interface SampledItem {
  /** The item of the input. */
  readonly source: number;
  /** The sums along each spatial axis, whose products are taken. */
  readonly axes: readonly AxisSums[];
}

/** Samples of planes, with what a session must know of them. */
export interface PositionSamples extends Samples {
  /** Channels of an item. */
  readonly channels: number;
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
  /** Positions of a plane of the input, and of one of the output. */
  readonly planes: { readonly from: number; readonly to: number };
  /** What is summed: rows count the output's positions, entries the input's. */
  readonly sums: SparseRows;
}

/**
 * Samples of planes whose weights are products of weights along each axis:
 * interpolation, resizing, RoIAlign.
 *
 * Elements of weight 0 are not read, be they NaN.
 *
 * @param shape of the input, `[N, C, …spatial]` or with channels last
 * @throws {TypeError} where the rank or the number of axes does not fit
 * @throws {RangeError} where an item or an element is outside the input, or
 * items have outputs of different sizes
 *
 * @example The middle between two elements
 * ```ts
 * import { interpreter, productSamples } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 3], data: Float32Array.of(1, 2, 4) });
 * const middle = { elements: [[1, 2]], weights: [[0.5, 0.5]] };
 * const samples = productSamples(x.shape, {
 *   outputSize: [1],
 *   items: [{ source: 0, axes: [middle] }],
 * });
 * assertEquals([...(await session.read(session.sample(x, samples))).data], [3]);
 * ```
 */
export function productSamples(
  shape: Shape,
  { items, outputSize, layout }: {
    /** The items of the output. */
    readonly items: readonly SampledItem[];
    /** The spatial lengths of the output. */
    readonly outputSize: readonly number[];
    /** Channels before or after the spatial axes; before by default. */
    readonly layout?: Layout;
  },
): PositionSamples {
  const axes = outputSize.length;
  const planes = planesOf(shape, { axes, layout });
  const { spatial } = planes;
  const from = volume(planes.input);
  const to = outputSize.reduce((n, length) => n * length, 1);
  const offsets = [0];
  const entries: number[] = [];
  const weights: number[] = [];
  for (const [index, item] of items.entries()) {
    checkItem(index, item, { items: planes.items, spatial, outputSize });
    const visit = (
      axis: number,
      position: number,
      weight: number,
      at: number[],
    ) => {
      if (weight === 0) return;
      if (axis === axes) {
        entries.push(item.source * from + position);
        weights.push(weight);
        return;
      }
      const sums = item.axes[axis];
      for (const [e, element] of sums.elements[at[axis]].entries()) {
        visit(
          axis + 1,
          position * spatial[axis] + element,
          weight * sums.weights[at[axis]][e],
          at,
        );
      }
    };
    for (let output = 0; output < to; output++) {
      visit(0, 0, 1, unravel(output, outputSize));
      offsets.push(entries.length);
    }
  }
  return {
    inputShape: [...shape],
    outputShape: shapeOf(
      { ...planes, batched: true, items: items.length },
      outputSize,
    ),
    channels: planes.channels,
    layout: planes.layout,
    planes: { from, to },
    sums: {
      offsets: Int32Array.from(offsets),
      entries: Int32Array.from(entries),
      weights: Float32Array.from(weights),
    },
  };
}

/** The position along each axis of an index in row-major order. */
function unravel(index: number, lengths: readonly number[]): number[] {
  const at: number[] = [];
  for (const length of lengths.toReversed()) {
    at.unshift(index % length);
    index = Math.floor(index / length);
  }
  return at;
}

function checkItem(
  index: number,
  { source, axes }: SampledItem,
  { items, spatial, outputSize }: {
    readonly items: number;
    readonly spatial: readonly number[];
    readonly outputSize: readonly number[];
  },
): void {
  if (!Number.isInteger(source) || source < 0 || source >= items) {
    throw new RangeError(
      `Cannot sample item ${index} from item ${source}: there are ${items}`,
    );
  }
  for (const [a, { elements, weights }] of axes.entries()) {
    const fits = elements.length === outputSize[a] &&
      elements.every((list, i) => list.length === weights[i]?.length);
    if (!fits || axes.length !== outputSize.length) {
      throw new RangeError(
        `Cannot sample item ${index}: along axis ${a} ${
          outputSize[a]
        } outputs with a weight for each element are needed`,
      );
    }
    const outside = elements.flat().find((element) =>
      !(Number.isInteger(element) && element >= 0 && element < spatial[a])
    );
    if (outside === undefined) continue;
    throw new RangeError(
      `Cannot sample element ${outside} along axis ${a}: there are ${
        spatial[a]
      }`,
    );
  }
}

/**
 * A sparse matrix the other way round, with `count` rows: each one's entries
 * in the order of the rows that they come from.
 */
export function transposeRows(
  { offsets, entries, weights }: SparseRows,
  count: number,
): SparseRows {
  const ends = new Int32Array(count + 1);
  for (const entry of entries) ends[entry + 1] += 1;
  for (let row = 0; row < count; row++) ends[row + 1] += ends[row];
  const next = ends.slice();
  const transposed = {
    offsets: ends,
    entries: new Int32Array(entries.length),
    weights: new Float32Array(entries.length),
  };
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let e = offsets[row]; e < offsets[row + 1]; e++) {
      const at = next[entries[e]]++;
      transposed.entries[at] = row;
      transposed.weights[at] = weights[e];
    }
  }
  return transposed;
}
