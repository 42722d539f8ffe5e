import {
  type AnyPoolingOp,
  type Bindings,
  checkTensor,
  type ConcatKernel,
  type Context,
  type Eigen,
  initialWeight,
  type Kernel,
  type MatmulKernel,
  type MatmulOptions,
  type Mode,
  type Results,
  type Routine,
  type Samples,
  type ScatterKernel,
  type ScatterOptions,
  type Shape,
  type Tensor,
  type TensorData,
  type Value,
  type WeightSpec,
  type Windows,
} from "@rockpool/core";
import { type Geometry, ownKernel, type WindowKernel } from "@rockpool/kernel";

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
  /** Parameters that are given; the others have their initial values. */
  readonly weights?: Readonly<Record<string, Tensor>>;
}

/**
 * The parameters that an operator has for inputs of these shapes.
 *
 * @throws {TypeError} | {RangeError} where the options do not fit the inputs
 */
export function weightSpecs(
  op: AnyPoolingOp,
  { inputs, options }: Pick<TraceOptions, "inputs" | "options">,
): Readonly<Record<string, WeightSpec>> {
  const shapes = shapesOf(inputs);
  op.shape(shapes, options);
  return op.weights?.(shapes, options) ?? {};
}

/**
 * What an operator would do, found without any backend or number: so bad input
 * and wrong output files are known before any work.
 *
 * @throws {TypeError} | {RangeError} where the options do not fit the inputs
 */
export function trace(
  op: AnyPoolingOp,
  { inputs, options, mode, weights: given = {} }: TraceOptions,
): Trace {
  const weights = weightSpecs(op, { inputs, options });
  op.shape(shapesOf(inputs), options, given);
  const context = new TracingContext(mode);
  const parameters: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(weights)) {
    parameters[name] = context.constant(given[name] ?? initialWeight(spec));
  }
  const results = op.forward(context, inputs, options, parameters);
  return { calls: context.calls, weights, results };
}

function shapesOf(inputs: TraceOptions["inputs"]): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
  );
}

/** Gives values that have a shape and a type, but no numbers. */
class TracingContext implements Context {
  readonly calls: KernelCall[] = [];
  readonly #numbers = new WeakMap<Value, TensorData>();

  constructor(readonly mode: Mode) {}

  window(
    given: Kernel,
    _bindings: Bindings,
    windows: Windows,
  ): Record<string, Value> {
    const kernel = ownKernel(given);
    this.calls.push({ kernel, geometry: windows as Geometry });
    const shape = windows.outputShape;
    const results: Record<string, Value> = {};
    for (const [name, { type }] of Object.entries(kernel.outputs)) {
      results[name] = { shape, dtype: type === "i32" ? "int32" : "float32" };
    }
    return results;
  }

  scatter(
    [{ dtype }]: readonly [values: Value, indices: Value],
    _kernel: ScatterKernel,
    { shape }: ScatterOptions,
  ): Value {
    return { shape, dtype };
  }

  reshape({ dtype }: Value, shape: Shape): Value {
    return { shape, dtype };
  }

  matmul(
    [a, b]: readonly [Value, Value],
    _kernel: MatmulKernel,
    { transposeA = false, transposeB = false }: MatmulOptions = {},
  ): Value {
    const batch = [a, b].find(({ shape }) => shape.length === 3)?.shape.slice(
      0,
      1,
    );
    const rows = a.shape.at(transposeA ? -1 : -2)!;
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    return { shape: [...batch ?? [], rows, columns], dtype: "float32" };
  }

  concat(
    values: readonly Value[],
    _kernel: ConcatKernel,
    axis: number,
  ): Value {
    const lengths = values.map(({ shape }) => shape[axis]);
    const length = lengths.reduce((sum, next) => sum + next, 0);
    return { ...values[0], shape: values[0].shape.with(axis, length) };
  }

  sample({ dtype }: Value, { outputShape }: Samples): Value {
    return { shape: outputShape, dtype };
  }

  eigen({ shape: [batch, rows, columns] }: Value): Eigen {
    const rank = Math.min(rows, columns);
    return {
      values: { shape: [batch, rank], dtype: "float32" },
      vectors: { shape: [batch, rows, rank], dtype: "float32" },
    };
  }

  routine(routine: Routine, inputs: readonly Value[]): Value {
    return routine.forward(this, inputs).y;
  }

  constant(tensor: Tensor): Value {
    const value = { shape: tensor.shape, dtype: checkTensor(tensor) };
    this.#numbers.set(value, tensor.data);
    return value;
  }

  /** Numbers of the parameters and of what the operator made itself. */
  peek(value: Value): TensorData | undefined {
    return this.#numbers.get(value);
  }

  /** What is drawn moves windows, but changes no shape. */
  randomWord(): number {
    return 0;
  }
}
