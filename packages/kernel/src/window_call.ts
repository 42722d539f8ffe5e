import {
  type Bindings,
  equalShapes,
  formatShape,
  type Shape,
  type Value,
} from "@rockpool/core";
import { type GradientProgram, programsOf, TAP_SCALAR } from "./derive.ts";
import { type Geometry, windowSize } from "./geometry.ts";
import { ADD_COLUMN } from "./reduce.ts";
import {
  addShare,
  fillZero,
  type ProgramCall,
  runProgram,
  type Runtime,
  sumWindows,
} from "./runtime.ts";
import { slide } from "./slide.ts";
import type { TapeEntry } from "./tape.ts";
import type { Stream } from "./threefry.ts";
import type { WindowKernel } from "./window_kernel.ts";

/** A kernel, what it reads and the windows it runs over. */
export interface WindowCall<V extends Value> {
  readonly kernel: WindowKernel;
  readonly geometry: Geometry;
  readonly values: Readonly<Record<string, V>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly stream: Stream;
}

/**
 * Checks that all leaves of a kernel are given, with the shapes they need.
 *
 * @throws {TypeError} for a missing or superfluous name, or indices for numbers
 * @throws {RangeError} for a wrong shape or a scalar that is NaN
 */
export function checkWindowCall(
  kernel: WindowKernel,
  geometry: Geometry,
  { values, scalars = {} }: Bindings,
): void {
  const { channels } = geometry;
  const expected: Record<string, Shape> = {};
  for (const name of kernel.inputs) expected[name] = geometry.inputShape;
  for (const name of kernel.leaves.channels) expected[name] = [channels];
  for (const name of kernel.leaves.planes) {
    expected[name] = [geometry.items, channels];
  }
  for (const name of kernel.leaves.windows) {
    expected[name] = geometry.outputShape;
  }
  for (const name of kernel.leaves.taps) {
    expected[name] = [channels, windowSize(geometry)];
  }
  for (const name of [...Object.keys(values), ...Object.keys(scalars)]) {
    if (!(name in expected) && !kernel.leaves.scalars.includes(name)) {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: it has no leaf "${name}"`,
      );
    }
  }
  for (const [name, shape] of Object.entries(expected)) {
    const value = values[name];
    if (!value) {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: its tensor "${name}" is missing`,
      );
    }
    if (value.dtype !== "float32") {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: "${name}" is ${value.dtype}, float32 is needed`,
      );
    }
    const fits = kernel.leaves.taps.includes(name)
      ? value.shape[0] === shape[0] &&
        value.shape.reduce((n, length) => n * length, 1) === shape[0] * shape[1]
      : equalShapes(value.shape, shape);
    if (!fits) {
      throw new RangeError(
        `Cannot run kernel ${kernel.name}: "${name}" has shape ${
          formatShape(value.shape)
        }, ${formatShape(shape)} is needed`,
      );
    }
  }
  for (const name of kernel.leaves.scalars) {
    if (typeof scalars[name] !== "number" || Number.isNaN(scalars[name])) {
      throw new TypeError(
        `Cannot run kernel ${kernel.name}: its scalar "${name}" is ${
          scalars[name]
        }, a number is needed`,
      );
    }
  }
}

/** Runs a kernel; with `train`, also gives what walks the call back. */
export function runWindow<V extends Value>(
  runtime: Runtime<V>,
  call: WindowCall<V>,
  train: boolean,
): { outputs: Record<string, V>; entry: TapeEntry<V> | undefined } {
  const { kernel, geometry, values, scalars, stream } = call;
  const programs = programsOf(kernel);
  const all = runProgram(runtime, train ? programs.train : programs.infer, {
    geometry,
    tensors: values,
    scalars,
    stream,
  });
  const outputs = Object.fromEntries(
    Object.keys(kernel.outputs).map((name) => [name, all[name]]),
  );
  return {
    outputs,
    entry: train ? windowEntry(runtime, call, all) : undefined,
  };
}

/** What walks a call back: `kept` has its outputs and all it saved. */
function windowEntry<V extends Value>(
  runtime: Runtime<V>,
  call: WindowCall<V>,
  kept: Readonly<Record<string, V>>,
): TapeEntry<V> {
  const { kernel, values } = call;
  const programs = programsOf(kernel);
  const numbers = Object.entries(kernel.outputs)
    .filter(([, output]) => output.type === "f32")
    .map(([name]) => name);
  return {
    inputs: Object.values(values),
    outputs: numbers.map((name) => kept[name]),
    kept: Object.values(kept),
    backward(gradients, wanted) {
      const temporary: V[] = [];
      const tensors: Record<string, V> = { ...values };
      for (const [name, value] of Object.entries(kept)) {
        tensors[name.startsWith("saved_") ? name : `out_${name}`] = value;
      }
      for (const [index, name] of numbers.entries()) {
        let gradient = gradients[index];
        if (!gradient) {
          gradient = runtime.allocate(kept[name].shape, "float32");
          fillZero(runtime, gradient);
          temporary.push(gradient);
        }
        tensors[`dy_${name}`] = gradient;
      }
      const base: ProgramCall<V> = { ...call, tensors };
      const needed = programs.gradients.filter(({ of }) => wanted(values[of]));
      if (programs.carry && needed.some(({ role }) => role === "input")) {
        const carried = runProgram(runtime, programs.carry, base);
        Object.assign(tensors, carried);
        temporary.push(...Object.values(carried));
      }
      const shares = new Map<V, V>();
      for (const gradient of needed) {
        // One value may be bound to several leaves.
        const share = runGradient(runtime, gradient, base);
        addShare(runtime, shares, { of: values[gradient.of], share });
      }
      for (const value of temporary) runtime.release(value);
      return shares;
    },
  };
}

function runGradient<V extends Value>(
  runtime: Runtime<V>,
  { of, role, program }: GradientProgram,
  call: ProgramCall<V>,
): V {
  if (role === "input" || role === "window") {
    return runProgram(runtime, program, call).gradient;
  }
  const per = role === "plane" ? "plane" : "channel";
  const sum = (scalars: Readonly<Record<string, number>>) => {
    const { gradient } = runProgram(runtime, program, { ...call, scalars });
    const windows = call.geometry;
    const total = sumWindows(runtime, gradient, { windows, per });
    runtime.release(gradient);
    return total;
  };
  if (role !== "tap") return sum(call.scalars ?? {});
  return columns(
    runtime,
    { geometry: call.geometry, shape: call.tensors[of].shape },
    (tap) => sum({ ...call.scalars, [TAP_SCALAR]: tap }),
  );
}

/** A tensor of one row per channel and one column per position in the window. */
function columns<V extends Value>(
  runtime: Runtime<V>,
  { geometry, shape }: { geometry: Geometry; shape: Shape },
  columnOf: (tap: number) => V,
): V {
  const taps = windowSize(geometry);
  const rows = slide([1, geometry.channels, taps], { axes: 1, kernelSize: 1 });
  let x = runtime.allocate(shape, "float32");
  fillZero(runtime, x);
  for (let index = 0; index < taps; index++) {
    const column = columnOf(index);
    const y = runtime.allocate(shape, "float32");
    runtime.device.run(ADD_COLUMN, rows, {
      tensors: { x, column },
      scalars: { index },
      stream: { seed: 0, stream: 0 },
      outputs: { y },
    });
    runtime.release(x);
    runtime.release(column);
    x = y;
  }
  return x;
}
