import { equalShapes, formatShape, sizeOf, type Value } from "@rockpool/core";
import type { PositionSums, SparseRows } from "./device.ts";
import type { PrimitiveKernel } from "./primitive_kernel.ts";
import { fillZero, type Runtime } from "./runtime.ts";
import type { PositionSamples } from "./samples.ts";
import type { TapeEntry } from "./tape.ts";
import { transposeRows } from "./transpose_rows.ts";
import { runWatSums } from "./wat_sums_run.ts";

/** What an input's gradient sums, for each matrix once. */
const transposes = new WeakMap<SparseRows, SparseRows>();

/**
 * Weighted sums of positions; also gives what walks the call back: the sums the
 * other way round, in the order of the outputs.
 *
 * @throws {TypeError} where the value is no float32
 * @throws {RangeError} where the samples are of another shape
 */
export function runSample<V extends Value>(
  runtime: Runtime<V>,
  x: V,
  samples: PositionSamples,
): { output: V; entry: TapeEntry<V> } {
  const { inputShape, outputShape, planes, channels, layout } = samples;
  if (x.dtype !== "float32") {
    throw new TypeError(`Cannot sample ${x.dtype}: float32 is needed`);
  }
  if (!equalShapes(x.shape, inputShape)) {
    throw new RangeError(
      `Cannot sample a value of shape ${formatShape(x.shape)}: ${
        formatShape(inputShape)
      } is needed`,
    );
  }
  const run = (
    sums: Pick<PositionSums<V>, "from" | "sums" | "planes">,
    shape: readonly number[],
  ) => {
    const to = runtime.allocate(shape, "float32");
    // Without entries, what is read may have no elements.
    if (sums.sums.entries.length === 0) fillZero(runtime, to);
    else if (sizeOf(shape) > 0) {
      const { repeats } = samples;
      const call = { ...sums, to, repeats, channels, layout };
      runtime.device.sumPositions(call, runWatSums);
    }
    return to;
  };
  const output = run({ from: x, sums: samples.sums, planes }, outputShape);
  const entry: TapeEntry<V> = {
    inputs: [x],
    outputs: [output],
    kept: [],
    backward([gradient]) {
      // Of no items there is no part whose positions could be counted.
      if (sizeOf(inputShape) === 0) {
        return new Map([[x, runtime.allocate(inputShape, "float32")]]);
      }
      const positions = sizeOf(inputShape) / channels / samples.repeats;
      let sums = transposes.get(samples.sums);
      if (sums?.offsets.length !== positions + 1) {
        sums = transposeRows(samples.sums, positions);
        transposes.set(samples.sums, sums);
      }
      const back = { from: planes.to, to: planes.from };
      const share = run({ from: gradient!, sums, planes: back }, inputShape);
      return new Map([[x, share]]);
    },
  };
  return { output, entry };
}

/** How positions are summed. */
export interface SampleKernel {
  /** A name for messages. */
  readonly name: string;
}

/** What sums positions; samples bring it to `sample` of a session. */
export const sampleKernel: SampleKernel = {
  name: "sample",
  run: runSample,
} as PrimitiveKernel<typeof runSample>;
