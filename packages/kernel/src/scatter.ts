import {
  equalShapes,
  formatShape,
  type ScatterOptions,
  type Shape,
  sizeOf,
  type Value,
} from "@rockpool/core";
import type { PlaneMove, PlaneSizes } from "./device.ts";
import { volume } from "./geometry.ts";
import { planesOf } from "./rank.ts";
import type { Runtime } from "./runtime.ts";
import type { TapeEntry } from "./tape.ts";

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
 * @throws {RangeError} where the shapes do not fit, or an index that the host
 * has at hand points outside its plane
 */
export function checkScatter<V extends Value>(
  runtime: Runtime<V>,
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
  const target = volume(large.input);
  const known = runtime.device.peek(indices) ?? [];
  // Ten times as fast as an iterator over memory that threads share.
  for (let i = 0; i < known.length; i++) {
    const index = known[i];
    if (index < -1 || index >= target) {
      throw new RangeError(
        `Cannot place a value: invalid max index ${index}, −1 to ${
          target - 1
        } are needed`,
      );
    }
  }
  return {
    items: small.items,
    channels: small.channels,
    indexed: volume(small.input),
    target,
    layout,
  };
}

/** Places values; also gives what walks the call back. */
export function runScatter<V extends Value>(
  runtime: Runtime<V>,
  call: ScatterCall<V>,
): { output: V; entry: TapeEntry<V> } {
  const { values, indices } = call;
  const planes = checkScatter(runtime, call);
  const output = move(
    runtime,
    call.options.shape,
    (to) => runtime.device.scatter({ from: values, indices, to, planes }),
  );
  const entry: TapeEntry<V> = {
    inputs: [values],
    outputs: [output],
    kept: [indices],
    backward([gradient]) {
      const share = move(runtime, values.shape, (to) => {
        const back: PlaneMove<V> = { from: gradient!, indices, to, planes };
        runtime.device.take(back);
      });
      return new Map([[values, share]]);
    },
  };
  return { output, entry };
}

function move<V extends Value>(
  runtime: Runtime<V>,
  shape: Shape,
  work: (to: V) => void,
): V {
  const to = runtime.allocate(shape, "float32");
  if (sizeOf(shape) > 0) work(to);
  return to;
}
