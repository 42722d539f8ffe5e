import {
  checkShape,
  type Layout,
  MAX_ELEMENTS,
  type Samples,
  type Shape,
} from "@rockpool/core";
import type { SparseRows } from "./device.ts";
import { type Triple, triple, volume } from "./geometry.ts";
import { planesOf, shapeOf } from "./rank.ts";
import { type SampleKernel, sampleKernel } from "./sample.ts";

/** For each output along an axis the elements it is a weighted sum of. */
export interface AxisSums {
  /** The elements of each output. */
  readonly elements: readonly (readonly number[])[];
  /** The weight of each of them. */
  readonly weights: readonly (readonly number[])[];
}

/** The same, with all elements in one list: for thousands of items. */
export interface AxisRows {
  /** Where each output's elements begin, and at last where all end. */
  readonly offsets: Int32Array;
  /** The elements. */
  readonly entries: Int32Array;
  /** The weight of each of them. */
  readonly weights: Float64Array;
}

/** An item of the output: what it is read from, and how along each axis. */
export interface SampledItem {
  /** The item of the input. */
  readonly source: number;
  /** The sums along each spatial axis, whose products are taken. */
  readonly axes: readonly (AxisSums | AxisRows)[];
}

/** Samples of planes, with what a session must know of them. */
export interface PositionSamples extends Samples {
  /** What sums them up: `sampleKernel`. */
  readonly kernel: SampleKernel;
  /** Channels of an item. */
  readonly channels: number;
  /** Channels before or after the spatial axes. */
  readonly layout: Layout;
  /** Positions of a plane of the input, and of one of the output. */
  readonly planes: { readonly from: number; readonly to: number };
  /** What is summed: rows count the output's positions, entries the input's. */
  readonly sums: SparseRows;
  /** The parts of input and output that are summed alike; 1 is all of them. */
  readonly repeats: number;
}

/** An axis that a tensor lacks. */
const NO_ROWS: AxisRows = {
  offsets: Int32Array.of(0, 1),
  entries: Int32Array.of(0),
  weights: Float64Array.of(1),
};

/**
 * Samples of planes whose weights are products of weights along each axis:
 * interpolation, resizing, RoIAlign.
 *
 * Elements of weight 0 are not read, be they NaN.
 *
 * @param shape of the input, `[N, C, …spatial]` or with channels last
 * @throws {TypeError} where the rank or the number of axes does not fit
 * @throws {RangeError} where an item or an element is outside the input, items
 * have outputs of different sizes, or there is more than 32-bit indices reach
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
  const planes = planesOf(shape, { axes: outputSize.length, layout });
  const outputShape = shapeOf(
    { ...planes, batched: true, items: items.length },
    outputSize,
  );
  checkShape(outputShape, "an output");
  const rows = items.map((item, index) =>
    rowsOf(index, item, { ...planes, outputSize })
  );
  return {
    kernel: sampleKernel,
    inputShape: [...shape],
    outputShape,
    channels: planes.channels,
    layout: planes.layout,
    planes: {
      from: volume(planes.input),
      to: volume(triple(outputSize, 1)),
    },
    sums: products(items.map(({ source }) => source), rows, {
      input: planes.input,
      output: triple(outputSize, 1),
    }),
    repeats: 1,
  };
}

/** The products of the rows of the axes of each item, item by item. */
function products(
  sources: readonly number[],
  rows: readonly Triple<AxisRows>[],
  { input, output: [depth, height, width] }: {
    readonly input: Triple<number>;
    readonly output: Triple<number>;
  },
): SparseRows {
  const plane = volume(input);
  const most = rows.reduce(
    (sum, [d, h, w]) =>
      sum + d.entries.length * h.entries.length * w.entries.length,
    0,
  );
  if (most > MAX_ELEMENTS) {
    throw new RangeError(
      `Cannot sample ${most} elements: 32-bit offsets reach ${MAX_ELEMENTS}`,
    );
  }
  const offsets = new Int32Array(rows.length * depth * height * width + 1);
  const entries = new Int32Array(most);
  const weights = new Float32Array(most);
  let at = 0;
  let output = 0;
  for (let item = 0; item < rows.length; item++) {
    const [deep, high, wide] = rows[item];
    const first = sources[item] * plane;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        for (let w = 0; w < width; w++) {
          for (let i = deep.offsets[d]; i < deep.offsets[d + 1]; i++) {
            for (let j = high.offsets[h]; j < high.offsets[h + 1]; j++) {
              const row = deep.entries[i] * input[1] + high.entries[j];
              const weight = deep.weights[i] * high.weights[j];
              for (let k = wide.offsets[w]; k < wide.offsets[w + 1]; k++) {
                const product = weight * wide.weights[k];
                if (product === 0) continue;
                entries[at] = first + row * input[2] + wide.entries[k];
                weights[at++] = product;
              }
            }
          }
          offsets[++output] = at;
        }
      }
    }
  }
  return {
    offsets,
    entries: entries.subarray(0, at),
    weights: weights.subarray(0, at),
  };
}

/** The rows of an item along depth, height and width. */
function rowsOf(
  index: number,
  { source, axes }: SampledItem,
  { items, spatial, outputSize }: {
    readonly items: number;
    readonly spatial: readonly number[];
    readonly outputSize: readonly number[];
  },
): Triple<AxisRows> {
  if (!Number.isInteger(source) || source < 0 || source >= items) {
    throw new RangeError(
      `Cannot sample item ${index} from item ${source}: there are ${items}`,
    );
  }
  const rows = outputSize.map((count, a) => {
    const given = axes[a];
    const row = given && "elements" in given ? inOneList(given, a) : given;
    if (
      axes.length !== outputSize.length || row?.offsets.length !== count + 1
    ) {
      throw new RangeError(
        `Cannot sample item ${index}: along axis ${a} ${count} outputs with a weight for each element are needed`,
      );
    }
    for (let e = 0; e < row.entries.length; e++) {
      const element = row.entries[e];
      if (element >= 0 && element < spatial[a]) continue;
      throw new RangeError(
        `Cannot sample element ${element} along axis ${a}: there are ${
          spatial[a]
        }`,
      );
    }
    return row;
  });
  return triple(rows, NO_ROWS);
}

/** Sums in one list; undefined where an element has no weight. */
function inOneList(
  { elements, weights }: AxisSums,
  axis: number,
): AxisRows | undefined {
  const offsets = new Int32Array(elements.length + 1);
  for (const [i, list] of elements.entries()) {
    if (list.length !== weights[i]?.length) return undefined;
    offsets[i + 1] = offsets[i] + list.length;
  }
  return {
    offsets,
    entries: Int32Array.from(elements.flat(), (element) => {
      if (Number.isInteger(element)) return element;
      throw new RangeError(
        `Cannot sample element ${element} along axis ${axis}: an integer is needed`,
      );
    }),
    weights: Float64Array.from(weights.flat()),
  };
}
