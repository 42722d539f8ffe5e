import type { OptionSpec } from "./options.ts";
import { type Shape, sizeOf } from "./shape.ts";
import type { Shapes, Tensor, TensorData, Value, Values } from "./value.ts";

/** Where in the literature, and in the folders, an operator stands. */
export type Category = "generic" | "learnable" | "downstream";

/** Training draws, records and drops; inference takes the expectation. */
export type Mode = "train" | "infer";

/** A formula over a window; made by `windowKernel` of `@rockpool/kernel`. */
export interface Kernel {
  /** A name for messages and for the emitted text. */
  readonly name: string;
}

/** Which elements belong to each output; made by `@rockpool/kernel`. */
export interface Windows {
  /** The shape of what a kernel over these windows gives. */
  readonly outputShape: Shape;
}

/** How eigenvalues are found; `eigenKernel` of `@rockpool/kernel`. */
export interface EigenKernel {
  /** A name for messages. */
  readonly name: string;
}

/** How matrices are multiplied; `matmulKernel` of `@rockpool/kernel`. */
export interface MatmulKernel {
  /** A name for messages. */
  readonly name: string;
}

/** How values are joined; `concatKernel` of `@rockpool/kernel`. */
export interface ConcatKernel {
  /** A name for messages. */
  readonly name: string;
}

/** How values are placed; `scatterKernel` of `@rockpool/kernel`. */
export interface ScatterKernel {
  /** A name for messages. */
  readonly name: string;
}

/** What {@linkcode Context.eigen} gives, for R the lesser of D and M. */
export interface Eigen<V extends Value = Value> {
  /** The eigenvalues in descending order, `[B, R]`; none is negative. */
  readonly values: V;
  /** An eigenvector in each column, `[B, D, R]`; 0 where the eigenvalue is. */
  readonly vectors: V;
}

/**
 * What the adjoints of the primitives do not differentiate, or not as wanted:
 * a computation of primitives, and its gradient as another.
 */
export interface Routine {
  /** A name for messages. */
  readonly name: string;
  /** The output, and what the gradient needs besides it and the inputs. */
  forward(cx: Context, inputs: readonly Value[]): RoutineResult;
  /** The gradient of each input; undefined for one that has none. */
  backward(cx: Context, call: RoutineCall): readonly (Value | undefined)[];
}

/** What a routine gives forward. */
export interface RoutineResult {
  /** The output. */
  readonly y: Value;
  /** What the gradient needs. */
  readonly kept: readonly Value[];
}

/** What a routine's gradient is computed from. */
export interface RoutineCall extends RoutineResult {
  /** What it was run on. */
  readonly inputs: readonly Value[];
  /** What arrives at the output. */
  readonly gradient: Value;
}

/** What each output is a weighted sum of; made by `@rockpool/kernel`. */
export interface Samples {
  /** The shape of what is sampled from. */
  readonly inputShape: Shape;
  /** The shape of what sampling gives. */
  readonly outputShape: Shape;
}

/** A learnable parameter of an operator. */
export interface WeightSpec {
  /** The parameter's shape. */
  readonly shape: Shape;
  /** Its initial value: one number for all elements, or all of them. */
  readonly initial: number | Float32Array;
  /** One sentence for people. */
  readonly help: string;
  /** The smallest number that it may hold; training must project onto it. */
  readonly min?: number;
  /** The largest number that it may hold. */
  readonly max?: number;
  /** A number that all others must be greater than. */
  readonly above?: number;
}

/** A parameter as it is before training. */
export function initialWeight({ shape, initial }: WeightSpec): Tensor {
  const data = typeof initial === "number"
    ? new Float32Array(sizeOf(shape)).fill(initial)
    : initial;
  return { shape, data };
}

/** What the formula of a kernel reads. */
export interface Bindings {
  /** Tensors by the names of the kernel's inputs and parameters. */
  readonly values: Readonly<Record<string, Value>>;
  /** Numbers by the names of the kernel's scalars. */
  readonly scalars?: Readonly<Record<string, number>>;
}

/**
 * The primitives an operator is made of. Each knows its own gradient, so that
 * no operator writes a backward pass.
 *
 * Kernels that only some operators need come from these, so that applications
 * without them do not load them.
 */
export interface Context {
  /** What the operator runs for. */
  readonly mode: Mode;
  /** Evaluates a formula over every window; a value for each kernel output. */
  window(
    kernel: Kernel,
    bindings: Bindings,
    windows: Windows,
  ): Readonly<Record<string, Value>>;
  /**
   * Places values at given positions of otherwise zero planes.
   *
   * The indices (int32, shaped as the values) count inside the output plane; −1
   * places nothing; where two agree, the later one wins.
   */
  scatter(
    placed: readonly [values: Value, indices: Value],
    kernel: ScatterKernel,
    options: ScatterOptions,
  ): Value;
  /** The same numbers in another shape of as many elements, without a copy. */
  reshape(value: Value, shape: Shape): Value;
  /**
   * The product of two matrices, `[m, k]` and `[k, n]`, or of each two of a
   * batch, `[B, m, k]` and `[B, k, n]`; a matrix without a batch is taken with
   * each of the other's.
   */
  matmul(
    operands: readonly [Value, Value],
    kernel: MatmulKernel,
    options?: MatmulOptions,
  ): Value;
  /** Values one behind the other along an axis; all others are the same. */
  concat(values: readonly Value[], kernel: ConcatKernel, axis: number): Value;
  /** Weighted sums of positions of each plane, as samples say. */
  sample(x: Value, samples: Samples): Value;
  /**
   * The eigenvalues and eigenvectors of x xᵀ for each x, `[B, D, M]`, of a
   * batch, the greatest first; both have no gradient, so that a session that
   * trains allows it inside a routine only.
   */
  eigen(x: Value, kernel: EigenKernel): Eigen;
  /** What has a gradient of its own making. */
  routine(routine: Routine, inputs: readonly Value[]): Value;
  /** A value of numbers that the operator made itself; it has no gradient. */
  constant(tensor: Tensor): Value;
  /**
   * The numbers of a value where the host has them at hand: on the CPU always,
   * on a GPU what was uploaded and is small. To be read at once, never written.
   */
  peek(value: Value): TensorData | undefined;
  /**
   * A random 32-bit word of this call: the one at an index of a slot, which
   * names what is drawn. The same on every backend for one seed.
   */
  randomWord(slot: number, index: number): number;
}

/** How {@linkcode Context.matmul} reads its operands. */
export interface MatmulOptions {
  /** Whether the first operand is given as `[k, m]`; false by default. */
  readonly transposeA?: boolean;
  /** Whether the second operand is given as `[n, k]`; false by default. */
  readonly transposeB?: boolean;
}

/** Where {@linkcode Context.scatter} places values. */
export interface ScatterOptions {
  /** The output's shape: that of the values but for the spatial axes. */
  readonly shape: Shape;
  /** The number of spatial axes, which make up a plane. */
  readonly axes: number;
  /** Whether the channels come before or after the spatial axes. */
  readonly layout: Layout;
}

/** Whether the channels come before or after the spatial axes. */
export type Layout = "NCHW" | "NHWC";

/**
 * A pooling operator: data and pure functions, with no backend inside.
 *
 * `Inputs`, `Weights` and `Outputs` are the names of its tensors; the first
 * output is always `y`.
 */
export interface PoolingOp<
  Options extends object = object,
  Inputs extends string = string,
  Weights extends string = never,
  Outputs extends string = string,
> {
  /** The registry name, `"soft"`. */
  readonly name: string;
  /** The version of the contract that it was made for: `CONTRACT`. */
  readonly contract?: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Where it stands. */
  readonly category: Category;
  /** What can be chosen. */
  readonly options: OptionSpec<Options>;
  /** The tensors it reads. */
  readonly inputs: readonly Inputs[];
  /** Those that it reads under some options, where that is not all of them. */
  inputsFor?(options: Options): readonly Inputs[];
  /**
   * The shape of `y`; where parameters decide it, with those that are given
   * and the initial values of the others.
   *
   * @throws {RangeError} where the options do not fit the inputs
   * @throws {TypeError} where the inputs have a rank that the operator lacks
   */
  shape(
    inputs: Shapes<Inputs>,
    options: Options,
    weights?: Readonly<Partial<Record<Weights, Tensor>>>,
  ): Shape;
  /** Learnable parameters, where there are any. */
  weights?(
    inputs: Shapes<Inputs>,
    options: Options,
  ): Readonly<Record<Weights, WeightSpec>>;
  /** What it computes, as a composition of primitives. */
  forward(
    cx: Context,
    inputs: Values<Inputs>,
    options: Options,
    weights: Values<Weights>,
  ): Results<Outputs>;
}

/** The tensors that an operator reads under its options. */
export function neededInputs<Options extends object, Inputs extends string>(
  op: Pick<PoolingOp<Options, Inputs, string>, "inputs" | "inputsFor">,
  options: Options,
): readonly Inputs[] {
  return op.inputsFor?.(options) ?? op.inputs;
}

/** What an operator gives: `y`, and the outputs that its options ask for. */
export type Results<Outputs extends string = string, V extends Value = Value> =
  & Readonly<Partial<Record<Outputs, V>>>
  & { readonly y: V };
