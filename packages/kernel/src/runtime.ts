import type { DType, Shape, Value } from "@rockpool/core";
import type { Device } from "./device.ts";
import type { Geometry } from "./geometry.ts";
import type { Program } from "./program.ts";
import { ADD, elementwise, SUM, sumSteps } from "./reduce.ts";
import type { Stream } from "./threefry.ts";

/**
 * A device, and who owns what is allocated on it. Primitives that operators
 * bring use nothing else of a session, which another copy of this package may
 * have made: so they run no programs of their own.
 */
export interface Runtime<V extends Value> {
  /** What programs run on. */
  readonly device: Device<V>;
  /** A value that lives until it is released or its session ends. */
  allocate(shape: Shape, dtype: DType): V;
  /** The same numbers in another shape, in the same memory. */
  view(value: V, shape: Shape): V;
  /** The sum of two values of one shape. */
  add(a: V, b: V): V;
  /** Frees a value before its session ends. */
  release(value: V): void;
}

/** What {@linkcode runProgram} runs a program on. */
export interface ProgramCall<V extends Value> {
  readonly geometry: Geometry;
  readonly tensors: Readonly<Record<string, V>>;
  readonly scalars?: Readonly<Record<string, number>>;
  readonly stream?: Stream;
}

/** Allocates a program's outputs and runs it. */
export function runProgram<V extends Value>(
  runtime: Runtime<V>,
  program: Program,
  call: ProgramCall<V>,
): Record<string, V> {
  const { geometry, tensors, scalars = {} } = call;
  const { stream = { seed: 0, stream: 0 } } = call;
  const shape = program.kind === "gather"
    ? geometry.inputShape
    : geometry.outputShape;
  const outputs: Record<string, V> = {};
  for (const { name, value } of program.outputs) {
    const dtype = value.type === "i32" ? "int32" : "float32";
    outputs[name] = runtime.allocate(shape, dtype);
  }
  if (shape.includes(0)) return outputs;
  if (geometry.items === 0) {
    for (const output of Object.values(outputs)) fillZero(runtime, output);
    return outputs;
  }
  runtime.device.run(program, geometry, { tensors, scalars, stream, outputs });
  return outputs;
}

/** Writes zeros into a value. */
export function fillZero<V extends Value>(
  { device }: Runtime<V>,
  value: V,
): void {
  const size = value.shape.reduce((n, length) => n * length, 1);
  if (size === 0) return;
  device.write(
    value,
    value.dtype === "int32" ? new Int32Array(size) : new Float32Array(size),
  );
}

/** The sum of two values of one shape. */
export function addValues<V extends Value>(
  runtime: Runtime<V>,
  a: V,
  b: V,
): V {
  const size = a.shape.reduce((n, length) => n * length, 1);
  const y = runtime.allocate(a.shape, "float32");
  if (size > 0) {
    runtime.device.run(ADD, elementwise(size), {
      tensors: { a, b },
      scalars: {},
      outputs: { y },
      stream: { seed: 0, stream: 0 },
    });
  }
  return y;
}

/** Adds a gradient to what a value's gradient is so far; both are used up. */
export function addShare<V extends Value>(
  runtime: Runtime<V>,
  shares: Map<V, V>,
  { of, share }: { readonly of: V; readonly share: V },
): void {
  const before = shares.get(of);
  if (!before) {
    shares.set(of, share);
    return;
  }
  shares.set(of, runtime.add(before, share));
  runtime.release(before);
  runtime.release(share);
}

/** The sums over the planes, or the channels, of a value with one number per window. */
export function sumWindows<V extends Value>(
  runtime: Runtime<V>,
  value: V,
  { windows, per }: { windows: Geometry; per: "plane" | "channel" },
): V {
  const { items, channels } = windows;
  const shape = per === "plane" ? [items, channels] : [channels];
  if (value.shape.includes(0)) {
    const zeros = runtime.allocate(shape, "float32");
    fillZero(runtime, zeros);
    return zeros;
  }
  let sum = value;
  const steps = sumSteps(windows, per);
  for (const [index, geometry] of steps.entries()) {
    const last = index === steps.length - 1;
    const y = runtime.allocate(last ? shape : geometry.outputShape, "float32");
    runtime.device.run(SUM, geometry, {
      tensors: { x: sum },
      scalars: {},
      outputs: { y },
      stream: { seed: 0, stream: 0 },
    });
    if (sum !== value) runtime.release(sum);
    sum = y;
  }
  return sum;
}
