import { checkShape, type Layout, type Shape } from "@rockpool/core";
import type { SparseRows } from "./device.ts";
import { triple, volume } from "./geometry.ts";
import { planesOf, shapeOf } from "./rank.ts";
import { sampleKernel } from "./sample.ts";
import type { PositionSamples } from "./samples.ts";

/**
 * Samples by a sparse matrix that is the same for every plane: position r of
 * the output is `Σ weights[e] · x[entries[e]]` for e from `offsets[r]` up to
 * `offsets[r + 1]`. Sketches, triangles, permutations.
 *
 * @param shape of the input, `[N, C, …spatial]` or with channels last; the
 * batch may be missing
 * @throws {TypeError} where the rank or the number of axes does not fit
 * @throws {RangeError} where there is not a row for each position of the
 * output, or an entry is none of a plane of the input
 *
 * @example Two elements of each plane, and the difference of two others
 * ```ts
 * import { interpreter, sparseSamples } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [2, 1, 3],
 *   data: Float32Array.of(1, 2, 4, 10, 20, 40),
 * });
 * const rows = {
 *   offsets: Int32Array.of(0, 1, 3),
 *   entries: Int32Array.of(1, 2, 0),
 *   weights: Float32Array.of(1, 1, -1),
 * };
 * const samples = sparseSamples(x.shape, { rows, outputSize: [2] });
 * const y = session.sample(x, samples);
 * assertEquals([...(await session.read(y)).data], [2, 3, 20, 30]);
 * ```
 */
export function sparseSamples(
  shape: Shape,
  { rows, outputSize, layout }: {
    /** The matrix: rows count positions of an output's plane. */
    readonly rows: SparseRows;
    /** The spatial lengths of the output. */
    readonly outputSize: readonly number[];
    /** Channels before or after the spatial axes; before by default. */
    readonly layout?: Layout;
  },
): PositionSamples {
  const planes = planesOf(shape, { axes: outputSize.length, layout });
  const outputShape = shapeOf(planes, outputSize);
  checkShape(outputShape, "an output");
  const sizes = {
    from: volume(planes.input),
    to: volume(triple(outputSize, 1)),
  };
  const { offsets, entries, weights } = rows;
  if (
    offsets.length !== sizes.to + 1 || offsets[sizes.to] !== entries.length ||
    weights.length !== entries.length
  ) {
    throw new RangeError(
      `Cannot sample ${sizes.to} positions by ${
        offsets.length - 1
      } rows of ${entries.length} entries and ${weights.length} weights: a row for each position and a weight for each entry are needed`,
    );
  }
  const wrong = entries.findIndex((entry) => entry < 0 || entry >= sizes.from);
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot sample position ${
        entries[wrong]
      }: a plane of the input has ${sizes.from}`,
    );
  }
  return {
    kernel: sampleKernel,
    inputShape: [...shape],
    outputShape,
    channels: planes.channels,
    layout: planes.layout,
    planes: sizes,
    sums: rows,
    repeats: planes.items,
  };
}
