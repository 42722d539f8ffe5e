import {
  equalShapes,
  formatShape,
  type ScatterKernel,
  type ScatterOptions,
  sizeOf,
  type Value,
} from "@rockpool/core";
import { type PlaneMove, type PlaneSizes, strayIndex } from "./device.ts";
import { volume } from "./geometry.ts";
import type { PrimitiveKernel } from "./primitive_kernel.ts";
import { planesOf } from "./rank.ts";
import type { Runtime } from "./runtime.ts";
import type { TapeEntry } from "./tape.ts";
import { runWatPlace, runWatTake } from "./wat_moves_run.ts";

/** Values, where they go, and the shape of what they are placed in. */
export interface ScatterCall<V extends Value> {
  readonly values: V;
  readonly indices: V;
  readonly options: ScatterOptions;
}

/**
 * Checks a scatter and takes its shapes apart.
 *
 * @throws {TypeError} where the indices are no int32
 * @throws {RangeError} where the shapes do not fit
 */
function checkScatter<V extends Value>(
  { values, indices, options }: ScatterCall<V>,
): PlaneSizes {
  const { shape, axes, layout } = options;
  if (indices.dtype !== "int32" || values.dtype !== "float32") {
    throw new TypeError(
      `Cannot place ${values.dtype} values at ${indices.dtype} indices: float32 values and int32 indices are needed`,
    );
  }
  if (!equalShapes(values.shape, indices.shape)) {
    throw new RangeError(
      `Cannot place values of shape ${formatShape(values.shape)} at ${
        formatShape(indices.shape)
      } indices: the same shape is needed`,
    );
  }
  const small = planesOf(values.shape, { axes, layout });
  const large = planesOf(shape, { axes, layout });
  if (
    small.items !== large.items || small.channels !== large.channels ||
    small.batched !== large.batched
  ) {
    throw new RangeError(
      `Cannot place values of shape ${formatShape(values.shape)} in ${
        formatShape(shape)
      }: items and channels must be the same`,
    );
  }
  const [depth, height, width] = small.input;
  const isPaired = width >= 4 &&
    equalShapes(large.input, [depth, 2 * height, 2 * width]);
  return {
    items: small.items,
    channels: small.channels,
    indexed: volume(small.input),
    target: volume(large.input),
    paired: isPaired ? width : undefined,
    layout,
  };
}

/**
 * Places values; also gives what walks the call back.
 *
 * @throws {TypeError} where the indices are no int32
 * @throws {RangeError} where the shapes do not fit, or an index that the host
 * can look at points outside its plane
 */
export function runScatter<V extends Value>(
  runtime: Runtime<V>,
  call: ScatterCall<V>,
): { output: V; entry: TapeEntry<V> } {
  const { values, indices } = call;
  const planes = checkScatter(call);
  const output = runtime.allocate(call.options.shape, "float32");
  const place = { from: values, indices, to: output, planes };
  if (
    sizeOf(output.shape) === 0 || !runtime.device.scatter(place, runWatPlace)
  ) {
    assertInside(runtime, place);
  }
  const entry: TapeEntry<V> = {
    inputs: [values],
    outputs: [output],
    kept: [indices],
    backward([gradient]) {
      const share = runtime.allocate(values.shape, "float32");
      if (sizeOf(share.shape) > 0) {
        const back = { from: gradient!, indices, to: share, planes };
        runtime.device.take(back, runWatTake);
      }
      return new Map([[values, share]]);
    },
  };
  return { output, entry };
}

/** What places values by indices, for `scatter` of a session. */
export const scatterKernel: ScatterKernel = {
  name: "scatter",
  run: runScatter,
} as PrimitiveKernel<typeof runScatter>;

function assertInside<V extends Value>(
  { device }: Runtime<V>,
  { indices, planes: { target } }: PlaneMove<V>,
): void {
  const index = strayIndex(device.peek(indices) ?? [], target);
  if (index === undefined) return;
  throw new RangeError(
    `Cannot place a value: invalid max index ${index}, −1 to ${
      target - 1
    } are needed`,
  );
}
