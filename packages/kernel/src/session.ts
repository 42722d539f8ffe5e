import {
  type Backend,
  type Bindings,
  checkShape,
  checkTensor,
  type ConcatKernel,
  type Eigen,
  type EigenKernel,
  initialWeight,
  type Kernel,
  type MatmulKernel,
  type MatmulOptions,
  type Mode,
  type PoolingOp,
  type Results,
  type Routine,
  type RunOptions,
  type Samples,
  type ScatterKernel,
  type ScatterOptions,
  type Session,
  type SessionOptions,
  type Shape,
  type Tensor,
  type TensorData,
  type Value,
  type Values,
  type Windows,
} from "@rockpool/core";
import type { runConcat } from "./concat.ts";
import type { Device } from "./device.ts";
import type { runEigen } from "./eigen.ts";
import type { Geometry } from "./geometry.ts";
import { gradientsOf } from "./gradients.ts";
import type { runMatmul } from "./matmul.ts";
import { ownKernel } from "./own_kernel.ts";
import { runOf } from "./primitive_kernel.ts";
import { runReshape } from "./reshape.ts";
import { runRoutine } from "./routine.ts";
import { checkWeights, tensorsAtHand } from "./run_checks.ts";
import { type RunPlan, runPlan } from "./run_plan.ts";
import type { runSample } from "./sample.ts";
import type { PositionSamples } from "./samples.ts";
import type { runScatter } from "./scatter.ts";
import type { TapeEntry } from "./tape.ts";
import { randomWord, type Stream } from "./threefry.ts";
import { ValueScope } from "./value_scope.ts";
import { runWindow } from "./window_call.ts";
import { checkLeaves } from "./window_leaves.ts";

/** A session of any backend: checks around what runs on a device. */
export class DeviceSession<V extends Value> implements Session<V> {
  readonly backend: Backend<V>;
  readonly seed: number;
  readonly mode: Mode;
  readonly #scope: ValueScope<V>;
  #runs = 0;

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
    this.seed = seed;
    this.mode = mode;
    this.#scope = new ValueScope(device, mode === "train");
  }

  /** Makes a value that was not allocated here one of this session. */
  adopt(value: V): V {
    return this.#scope.adopt(value);
  }

  upload(tensor: Tensor): V {
    this.#scope.assertOpen();
    const dtype = checkTensor(tensor);
    const value = this.#scope.allocate(tensor.shape, dtype);
    if (tensor.data.length > 0) this.#scope.device.write(value, tensor.data);
    return value;
  }

  empty(shape: Shape): V {
    this.#scope.assertOpen();
    checkShape(shape);
    return this.#scope.allocate(shape, "float32");
  }

  share(value: Value): V {
    this.#scope.assertOpen();
    if (!this.#scope.device.holds(value)) {
      throw new TypeError(
        `Cannot share ${
          value ? "a value that belongs to another backend or is freed" : value
        }: a value of an open session of this backend is needed`,
      );
    }
    return this.#scope.view(value as V, value.shape);
  }

  free(value: Value): void {
    const own = this.#scope.own(value, "free");
    if (this.#scope.tape.holds(own)) {
      throw new TypeError(
        "Cannot free a value that gradients could need: it is freed with its session",
      );
    }
    this.#scope.release(own);
  }

  // deno-lint-ignore require-await -- errors of the check must reject
  async read(value: Value): Promise<Tensor> {
    const own = this.#scope.own(value, "read");
    return this.#scope.device.read(own);
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
    const scope = this.#scope;
    scope.assertOpen();
    const plan = runPlan(op, inputs, run.options);
    for (const name of plan.needed) {
      const value = inputs[name as Inputs];
      if (!scope.owns(value)) scope.refuse(value, `run ${op.name} on`);
    }
    const work = () =>
      op.forward(
        this,
        inputs,
        plan.options as Options,
        this.#weights(plan, run.weights) as Values<string>,
      );
    const results = scope.records
      ? scope.orNothing(work)
      : scope.unrecorded(work, Object.values);
    this.#runs += 1;
    return results as Results<Outputs, V>;
  }

  window(
    given: Kernel,
    bindings: Bindings,
    windows: Windows,
  ): Readonly<Record<string, V>> {
    const scope = this.#scope;
    scope.assertOpen();
    const kernel = ownKernel(given);
    const geometry = windows as Geometry;
    for (const name in bindings.values) {
      const value = bindings.values[name];
      if (scope.owns(value)) continue;
      scope.refuse(value, `bind "${name}" of kernel ${kernel.name} to`);
    }
    checkLeaves(kernel, geometry, bindings);
    const call = {
      kernel,
      geometry,
      values: bindings.values as Readonly<Record<string, V>>,
      scalars: bindings.scalars ?? {},
      stream: this.#stream,
    };
    const { outputs, entry } = scope.orNothing(() =>
      runWindow(scope, call, scope.records)
    );
    scope.record(entry);
    return outputs;
  }

  scatter(
    [values, indices]: readonly [values: Value, indices: Value],
    kernel: ScatterKernel,
    options: ScatterOptions,
  ): V {
    const call = {
      values: this.#scope.own(values, "place"),
      indices: this.#scope.own(indices, "place values at"),
      options,
    };
    const run = runOf<typeof runScatter>(kernel, "scatter");
    return this.#recorded(() => run(this.#scope, call));
  }

  reshape(value: Value, shape: Shape): V {
    const own = this.#scope.own(value, "reshape");
    return this.#recorded(() => runReshape(this.#scope, own, shape));
  }

  matmul(
    [a, b]: readonly [Value, Value],
    kernel: MatmulKernel,
    options: MatmulOptions = {},
  ): V {
    const call = {
      a: this.#scope.own(a, "multiply"),
      b: this.#scope.own(b, "multiply by"),
      options,
    };
    const run = runOf<typeof runMatmul>(kernel, "matmul");
    return this.#recorded(() => run(this.#scope, call));
  }

  concat(values: readonly Value[], kernel: ConcatKernel, axis: number): V {
    const own = values.map((value) => this.#scope.own(value, "join"));
    const run = runOf<typeof runConcat>(kernel, "concat");
    return this.#recorded(() => run(this.#scope, own, axis));
  }

  sample(x: Value, samples: Samples): V {
    const own = this.#scope.own(x, "sample");
    const sums = samples as PositionSamples;
    const run = runOf<typeof runSample>(sums.kernel, "sample");
    return this.#recorded(() => run(this.#scope, own, sums));
  }

  eigen(x: Value, kernel: EigenKernel): Eigen<V> {
    const own = this.#scope.own(x, "decompose");
    if (this.#scope.records) {
      throw new TypeError(
        "Cannot decompose a value in a session that trains: eigenvalues have no gradient, a routine around them is needed",
      );
    }
    const run = runOf<typeof runEigen>(kernel, "eigen");
    return this.#scope.orNothing(() => run(this.#scope, own));
  }

  routine(routine: Routine, inputs: readonly Value[]): V {
    const own = inputs.map((value) =>
      this.#scope.own(value, `run ${routine.name} on`)
    );
    return runRoutine(this, this.#scope, { routine, inputs: own });
  }

  constant(tensor: Tensor): V {
    return this.upload(tensor);
  }

  peek(value: Value): TensorData | undefined {
    return this.#scope.device.peek(this.#scope.own(value, "look at"));
  }

  randomWord(slot: number, index: number): number {
    return randomWord(this.#stream, slot, index);
  }

  grad(y: Value, dy: Value, of: readonly Value[]): V[] {
    return gradientsOf(this.#scope, {
      y: this.#scope.own(y, "differentiate"),
      dy: this.#scope.own(dy, "differentiate with"),
      of: of.map((x) => this.#scope.own(x, "differentiate by")),
    });
  }

  /** Frees every value of the session. */
  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  /** What the random numbers of a call are keyed by. */
  get #stream(): Stream {
    return { seed: this.seed, stream: this.#runs };
  }

  /** The output of work that can be walked back. */
  #recorded(
    work: () => { output: V; entry: TapeEntry<V> | undefined },
  ): V {
    const { output, entry } = this.#scope.orNothing(work);
    this.#scope.record(entry);
    return output;
  }

  /** The given parameters, checked, and initial ones for those that are left out. */
  #weights(
    { op, shapes, options, specs }: RunPlan,
    given: Readonly<Record<string, Value | undefined>> = {},
  ): Record<string, V> {
    const weights: Record<string, V> = {};
    let some = false;
    for (const name in given) {
      const value = given[name];
      if (!value) continue;
      weights[name] = this.#scope.own(value, `run ${op.name} with`);
      some = true;
    }
    if (some) {
      const atHand = tensorsAtHand(
        weights,
        (value) => this.#scope.device.peek(value),
      );
      checkWeights(op.name, specs, { given: weights, atHand });
      if (Object.keys(atHand).length > 0) op.shape(shapes, options, atHand);
    }
    for (const name in specs) {
      weights[name] ??= this.upload(initialWeight(specs[name]));
    }
    return weights;
  }
}
