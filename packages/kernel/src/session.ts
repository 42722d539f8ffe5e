import {
  type Backend,
  type Bindings,
  checkShape,
  checkTensor,
  type DType,
  type Eigen,
  equalShapes,
  formatShape,
  initialWeight,
  type Kernel,
  type MatmulOptions,
  type Mode,
  neededInputs,
  type PoolingOp,
  type Results,
  type Routine,
  type RunOptions,
  type Samples,
  type ScatterOptions,
  type Session,
  type SessionOptions,
  type Shape,
  type Shapes,
  type Tensor,
  type TensorData,
  validateOptions,
  type Value,
  type Values,
  type WeightSpec,
  type Windows,
} from "@rockpool/core";
import type { Device } from "./device.ts";
import type { Geometry } from "./geometry.ts";
import { runEigen } from "./eigen.ts";
import { runConcat } from "./concat.ts";
import { runMatmul } from "./matmul.ts";
import { runReshape } from "./reshape.ts";
import { addShare, addValues, fillZero, type Runtime } from "./runtime.ts";
import { runSample } from "./sample.ts";
import type { PositionSamples } from "./samples.ts";
import { checkNames, checkWeights, tensorsAtHand } from "./run_checks.ts";
import { runScatter } from "./scatter.ts";
import { Tape } from "./tape.ts";
import { randomWord } from "./threefry.ts";
import { checkWindowCall, runWindow } from "./window_call.ts";
import { WindowKernel } from "./window_kernel.ts";

/** A session of any backend: ownership, checks and the tape over a device. */
export class DeviceSession<V extends Value> implements Session<V>, Runtime<V> {
  readonly backend: Backend<V>;
  /** What programs run on. */
  readonly device: Device<V>;
  readonly seed: number;
  readonly mode: Mode;
  readonly #owned = new Set<V>();
  readonly #tape = new Tape<V>();
  /** What the call that runs has allocated so far. */
  #made: Set<V> | undefined;
  /** Whether the call that runs has a gradient of its own making. */
  #inRoutine = false;
  #runs = 0;
  #ended = false;

  /**
   * Opens a session of a backend on its device.
   *
   * @throws {TypeError} if the mode is none
   * @throws {RangeError} if the seed is no unsigned 32-bit integer
   */
  constructor(
    backend: Backend<V>,
    device: Device<V>,
    options: SessionOptions = {},
  ) {
    const { seed = 0, mode = "infer" } = options;
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new RangeError(
        `Cannot open a session with seed ${seed}: an unsigned 32-bit integer is needed`,
      );
    }
    if (mode !== "train" && mode !== "infer") {
      throw new TypeError(
        `Cannot open a session with mode "${mode}": "train" or "infer" is needed`,
      );
    }
    this.backend = backend;
    this.device = device;
    this.seed = seed;
    this.mode = mode;
  }

  /** @ignore */
  allocate(shape: Shape, dtype: DType): V {
    const value = this.device.allocate(Object.freeze([...shape]), dtype);
    this.#owned.add(value);
    this.#made?.add(value);
    return value;
  }

  /** @ignore */
  view(value: V, shape: Shape): V {
    const view = this.device.view(value, Object.freeze([...shape]));
    this.#owned.add(view);
    this.#made?.add(view);
    return view;
  }

  /** @ignore */
  release(value: V): void {
    this.#made?.delete(value);
    if (this.#owned.delete(value)) this.device.free(value);
  }

  /** Makes a value that was not allocated here one of this session. */
  adopt(value: V): V {
    this.#open();
    this.#owned.add(value);
    return value;
  }

  upload(tensor: Tensor): V {
    this.#open();
    const dtype = checkTensor(tensor);
    const value = this.allocate(tensor.shape, dtype);
    if (tensor.data.length > 0) this.device.write(value, tensor.data);
    return value;
  }

  empty(shape: Shape): V {
    this.#open();
    checkShape(shape);
    return this.allocate(shape, "float32");
  }

  free(value: Value): void {
    const own = this.#own(value, "free");
    if (this.#tape.holds(own)) {
      throw new TypeError(
        "Cannot free a value that gradients could need: it is freed with its session",
      );
    }
    this.release(own);
  }

  // deno-lint-ignore require-await -- errors of the check must reject
  async read(value: Value): Promise<Tensor> {
    const own = this.#own(value, "read");
    return this.device.read(own);
  }

  run<
    Options extends object,
    Inputs extends string,
    Weights extends string,
    Outputs extends string,
  >(
    op: PoolingOp<Options, Inputs, Weights, Outputs>,
    inputs: Values<Inputs>,
    run: RunOptions<Options, Weights> = {},
  ): Results<Outputs, V> {
    this.#open();
    const options = validateOptions(op.options, run.options ?? {});
    const needed = neededInputs(op, options);
    checkNames(op.name, inputs, needed);
    for (const name of needed) this.#own(inputs[name], `run ${op.name} on`);
    const shapes = Object.fromEntries(
      needed.map((name) => [name, inputs[name].shape]),
    ) as Shapes<Inputs>;
    op.shape(shapes, options);
    const specs = op.weights?.(shapes, options) ?? {};
    const given: Partial<Record<string, V>> = {};
    for (
      const [name, value] of Object.entries<Value | undefined>(
        run.weights ?? {},
      )
    ) {
      if (value) given[name] = this.#own(value, `run ${op.name} with`);
    }
    const atHand = tensorsAtHand(given, (value) => this.device.peek(value));
    checkWeights(op.name, specs, { given, atHand });
    if (Object.keys(atHand).length > 0) {
      op.shape(shapes, options, atHand as Partial<Record<Weights, Tensor>>);
    }
    const results = this.#orNothing(() => {
      const weights = this.#weights(specs, given);
      return op.forward(this, inputs, options, weights as Values<string>);
    });
    this.#runs += 1;
    return results as Results<Outputs, V>;
  }

  window(
    kernel: Kernel,
    bindings: Bindings,
    windows: Windows,
  ): Readonly<Record<string, V>> {
    this.#open();
    if (!(kernel instanceof WindowKernel)) {
      throw new TypeError(
        `Cannot run kernel ${kernel?.name}: it was not made by windowKernel of this version of @rockpool/kernel`,
      );
    }
    const geometry = windows as Geometry;
    for (const [name, value] of Object.entries(bindings.values)) {
      this.#own(value, `bind "${name}" of kernel ${kernel.name} to`);
    }
    checkWindowCall(kernel, geometry, bindings);
    const { outputs, entry } = this.#orNothing(() =>
      runWindow(this, {
        kernel,
        geometry,
        values: bindings.values as Readonly<Record<string, V>>,
        scalars: bindings.scalars ?? {},
        stream: { seed: this.seed, stream: this.#runs },
      }, this.#records)
    );
    if (entry) this.#tape.record(entry);
    return outputs;
  }

  scatter(values: Value, indices: Value, options: ScatterOptions): V {
    const call = {
      values: this.#own(values, "place"),
      indices: this.#own(indices, "place values at"),
      options,
    };
    const { output, entry } = this.#orNothing(() => runScatter(this, call));
    if (this.#records) this.#tape.record(entry);
    return output;
  }

  reshape(value: Value, shape: Shape): V {
    const own = this.#own(value, "reshape");
    const { output, entry } = this.#orNothing(() =>
      runReshape(this, own, shape)
    );
    if (this.#records && entry) this.#tape.record(entry);
    return output;
  }

  matmul(a: Value, b: Value, options: MatmulOptions = {}): V {
    const call = {
      a: this.#own(a, "multiply"),
      b: this.#own(b, "multiply by"),
      options,
    };
    const { output, entry } = this.#orNothing(() => runMatmul(this, call));
    if (this.#records) this.#tape.record(entry);
    return output;
  }

  concat(values: readonly Value[], axis: number): V {
    const own = values.map((value) => this.#own(value, "join"));
    const { output, entry } = this.#orNothing(() => runConcat(this, own, axis));
    if (this.#records) this.#tape.record(entry);
    return output;
  }

  sample(x: Value, samples: Samples): V {
    const own = this.#own(x, "sample");
    const { output, entry } = this.#orNothing(() =>
      runSample(this, own, samples as PositionSamples)
    );
    if (this.#records) this.#tape.record(entry);
    return output;
  }

  eigen(x: Value): Eigen<V> {
    const own = this.#own(x, "decompose");
    if (this.#records) {
      throw new TypeError(
        "Cannot decompose a value in a session that trains: eigenvalues have no gradient, a routine around them is needed",
      );
    }
    return this.#orNothing(() => runEigen(this, own));
  }

  routine(routine: Routine, inputs: readonly Value[]): V {
    const own = inputs.map((value) =>
      this.#own(value, `run ${routine.name} on`)
    );
    const records = this.#records;
    const { y, kept } = this.#unrecorded(
      () => routine.forward(this, own),
      ({ y, kept }) => records ? [y, ...kept] : [y],
    );
    const output = this.#own(y, `give, as ${routine.name} does,`);
    if (!records) return output;
    this.#tape.record({
      inputs: own,
      outputs: [output],
      kept: kept as readonly V[],
      backward: ([arriving]) => {
        const gradient = arriving!;
        const call = { inputs: own, y, kept, gradient };
        const gradients = this.#unrecorded(
          () => routine.backward(this, call),
          (gradients) => gradients,
        );
        const shares = new Map<V, V>();
        for (const [index, share] of gradients.entries()) {
          if (!share) continue;
          // What arrives is not the routine's to give on.
          const own = share === gradient
            ? this.view(gradient, gradient.shape)
            : share as V;
          addShare(this, shares, { of: inputs[index] as V, share: own });
        }
        return shares;
      },
    });
    return output;
  }

  constant(tensor: Tensor): V {
    return this.upload(tensor);
  }

  peek(value: Value): TensorData | undefined {
    return this.device.peek(this.#own(value, "look at"));
  }

  randomWord(slot: number, index: number): number {
    return randomWord({ seed: this.seed, stream: this.#runs }, slot, index);
  }

  grad(y: Value, dy: Value, of: readonly Value[]): V[] {
    const start = {
      value: this.#own(y, "differentiate"),
      gradient: this.#own(dy, "differentiate with"),
    };
    const variables = of.map((x) => this.#own(x, "differentiate by"));
    if (this.mode !== "train") {
      throw new TypeError(
        `Cannot differentiate in a session with mode "infer": mode "train" is needed`,
      );
    }
    if (y.dtype !== "float32" || dy.dtype !== "float32") {
      throw new TypeError(
        `Cannot differentiate ${y.dtype} with a gradient of ${dy.dtype}: float32 is needed`,
      );
    }
    if (!equalShapes(y.shape, dy.shape)) {
      throw new RangeError(
        `Cannot differentiate an output of shape ${
          formatShape(y.shape)
        } with a gradient of shape ${
          formatShape(dy.shape)
        }: the same shape is needed`,
      );
    }
    return this.#orNothing(() => {
      const gradients = this.#tape.walk(start, variables, {
        add: (a, b) => addValues(this, a, b),
        release: (gradient) => this.release(gradient),
      });
      return variables.map((x) => {
        const known = gradients.get(x);
        if (known && known !== start.gradient) return known;
        const zeros = this.allocate(x.shape, "float32");
        fillZero(this, zeros);
        if (!known) return zeros;
        // The gradient of y itself is a copy, which the caller may free.
        const copy = addValues(this, known, zeros);
        this.release(zeros);
        return copy;
      });
    });
  }

  /** Frees every value of the session. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tape.truncate(0);
    for (const value of this.#owned) this.device.free(value);
    this.#owned.clear();
  }

  #open(): void {
    if (this.#ended) {
      throw new TypeError("Cannot use a session that is disposed");
    }
  }

  /** The value as one of this session's. */
  #own(value: Value, action: string): V {
    this.#open();
    if (this.#owned.has(value as V)) return value as V;
    throw new TypeError(
      `Cannot ${action} ${
        value ? "a value that belongs to another session or is freed" : value
      }: a value of this session is needed`,
    );
  }

  /** Whether calls are recorded, to be walked back. */
  get #records(): boolean {
    return this.mode === "train" && !this.#inRoutine;
  }

  /** Does work that is not recorded, of which only some values are left. */
  #unrecorded<Result>(
    work: () => Result,
    kept: (result: Result) => readonly (Value | undefined)[],
  ): Result {
    const [outer, wasInRoutine] = [this.#made, this.#inRoutine];
    const made = this.#made = new Set<V>();
    this.#inRoutine = true;
    try {
      const result = work();
      for (const value of kept(result)) {
        if (!made.delete(value as V)) continue;
        outer?.add(value as V);
      }
      return result;
    } finally {
      this.#made = outer;
      this.#inRoutine = wasInRoutine;
      for (const value of made) this.release(value);
    }
  }

  /** Does work of which nothing is left where it throws. */
  #orNothing<Result>(work: () => Result): Result {
    if (this.#made) return work();
    const recorded = this.#tape.length;
    const made = this.#made = new Set<V>();
    try {
      return work();
    } catch (error) {
      for (const value of made) this.release(value);
      this.#tape.truncate(recorded);
      throw error;
    } finally {
      this.#made = undefined;
    }
  }

  /** The given parameters, and initial ones for those that are left out. */
  #weights(
    specs: Readonly<Record<string, WeightSpec>>,
    given: Readonly<Partial<Record<string, V>>>,
  ): Record<string, V> {
    return Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [
        name,
        given[name] ?? this.upload(initialWeight(spec)),
      ]),
    );
  }
}
