import type { Shape, Value } from "@rockpool/core";
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
  if (!train) return { outputs: all, entry: undefined };
  const outputs: Record<string, V> = {};
  for (const name in kernel.outputs) outputs[name] = all[name];
  return { outputs, entry: new WindowEntry(runtime, call, all) };
}

/** Walks a call back: `results` are its outputs and all that it saved. */
class WindowEntry<V extends Value> implements TapeEntry<V> {
  readonly inputs: readonly V[];
  readonly outputs: readonly V[];
  readonly kept: readonly V[];

  constructor(
    readonly runtime: Runtime<V>,
    readonly call: WindowCall<V>,
    readonly results: Readonly<Record<string, V>>,
  ) {
    this.inputs = Object.values(call.values);
    this.kept = Object.values(results);
    const outputs: V[] = [];
    for (const name of programsOf(call.kernel).numbers) {
      outputs.push(results[name]);
    }
    this.outputs = outputs;
  }

  backward(
    gradients: readonly (V | undefined)[],
    wanted: (input: V) => boolean,
  ): Map<V, V> {
    const { runtime, call, results } = this;
    const { values } = call;
    const programs = programsOf(call.kernel);
    const temporary: V[] = [];
    const tensors: Record<string, V> = { ...values };
    for (const name in results) tensors[programs.kept[name]] = results[name];
    for (const [index, name] of programs.numbers.entries()) {
      let gradient = gradients[index];
      if (!gradient) {
        gradient = runtime.allocate(results[name].shape, "float32");
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
  }
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
