import {
  type AnyPoolingOp,
  type Bindings,
  checkTensor,
  type Context,
  type Kernel,
  type Mode,
  type Results,
  type ScatterOptions,
  type Shape,
  type Tensor,
  type Value,
  type WeightSpec,
  type Windows,
} from "@rockpool/core";
import { type Geometry, WindowKernel } from "@rockpool/kernel";

/** A formula that an operator evaluates, and over which windows. */
export interface KernelCall {
  /** The formula. */
  readonly kernel: WindowKernel;
  /** Its windows. */
  readonly geometry: Geometry;
}

/** What an operator does to tensors of certain shapes. */
export interface Trace {
  /** The formulas it evaluates, in order. */
  readonly calls: readonly KernelCall[];
  /** Its learnable parameters. */
  readonly weights: Readonly<Record<string, WeightSpec>>;
  /** Its outputs, without numbers. */
  readonly results: Results;
}

/** What an operator is traced with. */
export interface TraceOptions {
  /** The shapes and types of its inputs. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** All of its options. */
  readonly options: object;
  /** What it runs for. */
  readonly mode: Mode;
}

/**
 * What an operator would do, found without any backend or number: so bad input
 * and wrong output files are known before any work.
 *
 * @throws {TypeError} | {RangeError} where the options do not fit the inputs
 */
export function trace(
  op: AnyPoolingOp,
  { inputs, options, mode }: TraceOptions,
): Trace {
  const shapes: Record<string, Shape> = {};
  for (const [name, { shape }] of Object.entries(inputs)) shapes[name] = shape;
  op.shape(shapes, options);
  const weights = op.weights?.(shapes, options) ?? {};
  const parameters: Record<string, Value> = {};
  for (const [name, { shape }] of Object.entries(weights)) {
    parameters[name] = { shape, dtype: "float32" };
  }
  const context = new TracingContext(mode);
  const results = op.forward(context, inputs, options, parameters);
  return { calls: context.calls, weights, results };
}

/** Gives values that have a shape and a type, but no numbers. */
class TracingContext implements Context {
  readonly calls: KernelCall[] = [];

  constructor(readonly mode: Mode) {}

  window(
    kernel: Kernel,
    _bindings: Bindings,
    windows: Windows,
  ): Record<string, Value> {
    if (!(kernel instanceof WindowKernel)) {
      throw new TypeError(
        `Cannot trace kernel ${kernel.name}: it was not made by windowKernel of this version of @rockpool/kernel`,
      );
    }
    this.calls.push({ kernel, geometry: windows as Geometry });
    const shape = windows.outputShape;
    const results: Record<string, Value> = {};
    for (const [name, { type }] of Object.entries(kernel.outputs)) {
      results[name] = { shape, dtype: type === "i32" ? "int32" : "float32" };
    }
    return results;
  }

  scatter(
    { dtype }: Value,
    _indices: Value,
    { shape }: ScatterOptions,
  ): Value {
    return { shape, dtype };
  }

  constant(tensor: Tensor): Value {
    return { shape: tensor.shape, dtype: checkTensor(tensor) };
  }

  /** What is drawn moves windows, but changes no shape. */
  randomWord(): number {
    return 0;
  }
}
