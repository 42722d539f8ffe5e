import type { GivenOptions } from "./options.ts";
import type {
  Bindings,
  ConcatKernel,
  Context,
  Eigen,
  EigenKernel,
  Kernel,
  MatmulKernel,
  MatmulOptions,
  Mode,
  PoolingOp,
  Results,
  Routine,
  Samples,
  ScatterKernel,
  ScatterOptions,
  Windows,
} from "./op.ts";
import type { Shape } from "./shape.ts";
import type { Tensor, Value, Values } from "./value.ts";

/** How a session runs. */
export interface SessionOptions {
  /** Key of all random numbers, a 32-bit unsigned integer; 0 by default. */
  readonly seed?: number;
  /** `"infer"` by default; `"train"` records what gradients need. */
  readonly mode?: Mode;
}

/** What a backend holds at present, in bytes. */
export interface MemoryReport {
  /** Bytes of the values of sessions that are open. */
  readonly live: number;
  /** Bytes taken from the system, values and spare blocks together. */
  readonly reserved: number;
}

/**
 * One pass over a backend: it runs each call at once, owns every value it
 * makes, and frees them all when it is disposed.
 */
export interface Session<V extends Value = Value> extends Context, Disposable {
  /** The backend it runs on. */
  readonly backend: Backend<V>;
  /** Key of all random numbers. */
  readonly seed: number;
  /** Copies a tensor to the backend. */
  upload(tensor: Tensor): V;
  /** A value of zeros or of whatever was there before. */
  empty(shape: Shape): V;
  /**
   * A value of another open session of this backend, without a copy: its
   * memory is freed once no session has it. What lives longer than a pass,
   * such as weights, lies in one session and is shared with the others.
   *
   * @throws {TypeError} if it is no value of this backend, or is freed
   */
  share(value: Value): V;
  /** Evaluates a formula over every window; a value for each kernel output. */
  window(
    kernel: Kernel,
    bindings: Bindings,
    windows: Windows,
  ): Readonly<Record<string, V>>;
  /** Places values at given positions of otherwise zero planes. */
  scatter(
    placed: readonly [values: Value, indices: Value],
    kernel: ScatterKernel,
    options: ScatterOptions,
  ): V;
  /** The same numbers in another shape of as many elements, without a copy. */
  reshape(value: Value, shape: Shape): V;
  /** The product of two matrices, or of each two of a batch. */
  matmul(
    operands: readonly [Value, Value],
    kernel: MatmulKernel,
    options?: MatmulOptions,
  ): V;
  /** Values one behind the other along an axis. */
  concat(values: readonly Value[], kernel: ConcatKernel, axis: number): V;
  /** Weighted sums of positions of each plane. */
  sample(x: Value, samples: Samples): V;
  /** The eigenvalues and eigenvectors of x xᵀ. */
  eigen(x: Value, kernel: EigenKernel): Eigen<V>;
  /** What has a gradient of its own making. */
  routine(routine: Routine, inputs: readonly Value[]): V;
  /** A value of numbers that the operator made itself. */
  constant(tensor: Tensor): V;
  /** Copies a value to host memory; the only asynchronous call. */
  read(value: Value): Promise<Tensor>;
  /**
   * Frees a value before its session ends.
   *
   * @throws {TypeError} if it is no value of this session, or if gradients
   * could still need it
   */
  free(value: Value): void;
  /**
   * Runs an operator: validates, then computes.
   *
   * @throws {TypeError} | {RangeError} before any work where something does not fit
   */
  run<
    Options extends object,
    Inputs extends string,
    Weights extends string,
    Outputs extends string,
  >(
    op: PoolingOp<Options, Inputs, Weights, Outputs>,
    inputs: Values<Inputs>,
    run?: RunOptions<Options, Weights>,
  ): Results<Outputs, V>;
  /**
   * The gradients of `sum(y * dy)` with respect to values, in train mode.
   *
   * A value that `y` does not depend on has a gradient of zeros.
   *
   * @throws {TypeError} before any work if the session does not train, or `y` was
   * computed from a gradient that depends on some of `of`: a gradient of a
   * gradient is not known
   */
  grad(y: Value, dy: Value, of: readonly Value[]): V[];
}

/** What an operator is run with besides its inputs. */
export interface RunOptions<Options extends object, Weights extends string> {
  /** The operator's options; defaults fill what is left out. */
  readonly options?: GivenOptions<Options>;
  /** Its learnable parameters; initial values fill what is left out. */
  readonly weights?: Partial<Values<Weights>>;
}

/**
 * Where operators run. It lives long and holds memory, threads or a device,
 * and compiled kernels; a session is one pass over it.
 */
export interface Backend<V extends Value = Value> extends Disposable {
  /** The registry name, `"cpu"`. */
  readonly name: string;
  /** What it runs on, for people. */
  readonly info: string;
  /** Opens a session. */
  session(options?: SessionOptions): Session<V>;
  /** What it holds. */
  memory(): MemoryReport;
}
