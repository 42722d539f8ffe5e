import {
  type Backend,
  didYouMean,
  type GivenOptions,
  type Mode,
  neededInputs,
  type PoolingOp,
  type Tensor as HostTensor,
  validateOptions,
  type Value,
} from "@rockpool/core";
import * as tf from "@tensorflow/tfjs-core";
import { bridge, type BridgedSession, numbersOf } from "./bridge.ts";

/**
 * A tensor of TensorFlow.js.
 *
 * @internal documented by TensorFlow.js
 */
export type TfTensor = tf.Tensor;

/** Options of an operator; those that are tensors may be of TensorFlow.js. */
export type TfOptions<Options extends object> = {
  readonly [Name in keyof Options]?:
    | Options[Name]
    | (HostTensor extends Options[Name] ? TfTensor : never);
};

/** What a call of an operator is run with besides its inputs. */
export interface TfCall {
  /** Learnable parameters by name; initial values fill what is left out. */
  readonly weights?: Readonly<Record<string, TfTensor>>;
  /** Whether operators that draw in training draw; false by default. */
  readonly training?: boolean;
  /** Key of all random numbers, an unsigned 32-bit integer; 0 by default. */
  readonly seed?: number;
}

/** An operator of Rockpool as an op of TensorFlow.js. */
export interface TfPool {
  /**
   * Pools a tensor, or all inputs by name; gives the output `y`. It has
   * gradients for every input and parameter that is float32.
   */
  (
    inputs: TfTensor | Readonly<Record<string, TfTensor>>,
    call?: TfCall,
  ): TfTensor;
  /** Pools tensors; gives every output by name, without gradients. */
  outputs(
    inputs: TfTensor | Readonly<Record<string, TfTensor>>,
    call?: TfCall,
  ): Record<string, TfTensor>;
  /** The names of the inputs that it reads. */
  readonly inputs: readonly string[];
}

/**
 * An operator and its options as an op of TensorFlow.js, with gradients.
 *
 * Channels come last, unless the option `layout` says otherwise. It runs at
 * once: on the CPU, or on a GPU whose device the WebGPU backend of
 * TensorFlow.js shares. A gradient computes forward once more, so that nothing
 * is kept between the passes but what TensorFlow.js keeps.
 *
 * @throws {TypeError} | {RangeError} if the options are not the operator's
 *
 * @example
 * ```ts
 * import { cpu } from "@rockpool/cpu";
 * import { soft } from "@rockpool/soft";
 * import { poolOp } from "@rockpool/tfjs";
 * import { assertEquals } from "@std/assert";
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 *
 * await tf.setBackend("cpu");
 * using backend = await cpu({ threads: 1 });
 * const pool = poolOp(backend, soft, { kernelSize: 2 });
 * const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * const dx = tf.grad((x) => pool(x))(x);
 * assertEquals(dx.shape, [1, 2, 2, 1]);
 * ```
 */
export function poolOp<Options extends object>(
  backend: Backend,
  op: PoolingOp<Options, string, string, string>,
  options: TfOptions<Options> = {},
): TfPool {
  const checked = validateOptions(
    op.options,
    hostOptions(op, options) as GivenOptions<Options>,
  );
  const needed = neededInputs(op, checked);
  const plan: Plan<Options> = { backend, op, options: checked };

  function named(
    inputs: TfTensor | Readonly<Record<string, TfTensor>>,
    { weights = {} }: TfCall,
  ): NamedTensor[] {
    if (inputs instanceof tf.Tensor && needed.length > 1) {
      throw new TypeError(
        `Cannot run ${op.name} on one tensor: it needs ${needed.join(" and ")}`,
      );
    }
    const byName = inputs instanceof tf.Tensor
      ? { [needed[0]]: inputs }
      : inputs;
    const tensors = [
      ...Object.entries(byName).map(toNamed("input")),
      ...Object.entries(weights).map(toNamed("weight")),
    ];
    for (const { name, tensor } of tensors) {
      if (tensor instanceof tf.Tensor) continue;
      throw new TypeError(
        `Cannot run ${op.name}: "${name}" is ${typeof tensor}, a tensor of TensorFlow.js is needed`,
      );
    }
    return tensors;
  }

  const pool = (
    inputs: TfTensor | Readonly<Record<string, TfTensor>>,
    call: TfCall = {},
  ): TfTensor => {
    checkCall(op.name, call);
    return runWithGradient(plan, named(inputs, call), call);
  };
  return Object.assign(pool, {
    inputs: needed,
    outputs(
      inputs: TfTensor | Readonly<Record<string, TfTensor>>,
      call: TfCall = {},
    ) {
      checkCall(op.name, call);
      const tensors = named(inputs, call);
      using pass = openPass(plan, tensors, { call, mode: "infer" });
      return Object.fromEntries(
        Object.entries(pass.results).flatMap(([name, value]) =>
          value ? [[name, pass.toTensor(value)]] : []
        ),
      );
    },
  });
}

/** What a pool is made of. */
interface Plan<Options extends object> {
  readonly backend: Backend;
  readonly op: PoolingOp<Options, string, string, string>;
  readonly options: Options;
}

/** A tensor and what the operator calls it. */
interface NamedTensor {
  readonly role: "input" | "weight";
  readonly name: string;
  readonly tensor: TfTensor;
}

function toNamed(role: NamedTensor["role"]) {
  return ([name, tensor]: [string, TfTensor]): NamedTensor => ({
    role,
    name,
    tensor,
  });
}

function runWithGradient<Options extends object>(
  plan: Plan<Options>,
  tensors: readonly NamedTensor[],
  call: TfCall,
): TfTensor {
  const varies = tensors.filter(({ tensor }) => tensor.dtype === "float32");
  const fixed = tensors.filter(({ tensor }) => tensor.dtype !== "float32");
  const withTensors = (numbers: readonly TfTensor[]) =>
    [...varies, ...fixed].map((it, index) => ({
      ...it,
      tensor: numbers[index],
    }));
  const all = [...varies, ...fixed].map(({ tensor }) => tensor);

  const differentiable = tf.customGrad((...given) => {
    const save = given[varies.length] as unknown as tf.GradSaveFunc;
    save(all);
    using pass = openPass(plan, withTensors(all), { call, mode: "infer" });
    return {
      value: pass.toTensor(pass.results.y),
      gradFunc: (dy, saved) => {
        using pass = openPass(plan, withTensors(saved), {
          call,
          mode: "train",
        });
        const of = pass.values.slice(0, varies.length);
        return pass.session.grad(pass.results.y, pass.toValue(dy), of)
          .map((gradient) =>
            withoutGradient(pass.toTensor(gradient), [dy, ...saved])
          );
      },
    };
  });
  return differentiable(...varies.map(({ tensor }) => tensor));
}

/**
 * A tensor that was computed from others where no tape saw it: walking back from
 * it to them throws. It would count as a constant else, in silence.
 */
function withoutGradient(
  tensor: TfTensor,
  sources: readonly TfTensor[],
): TfTensor {
  return tf.customGrad(() => ({
    value: tensor,
    gradFunc(): never {
      throw new TypeError(
        "Cannot differentiate what was computed from a gradient of a pooling op by what that depends on: there are no gradients of gradients",
      );
    },
  }))(...sources);
}

/** A session in which the operator has run. */
interface Pass extends BridgedSession {
  readonly results: Readonly<Record<string, Value | undefined>> & {
    readonly y: Value;
  };
  /** What the tensors are in the session. */
  readonly values: readonly Value[];
}

function openPass<Options extends object>(
  { backend, op, options }: Plan<Options>,
  tensors: readonly NamedTensor[],
  { call, mode }: { readonly call: TfCall; readonly mode: Mode },
): Pass {
  const { training = false, seed } = call;
  const open = bridge(backend, { seed, mode });
  try {
    const values = tensors.map(({ tensor }) => open.toValue(tensor));
    const ofRole = (role: NamedTensor["role"]) =>
      Object.fromEntries(
        tensors.flatMap((it, index) =>
          it.role === role ? [[it.name, values[index]]] : []
        ),
      );
    const results = open.session.run(op, ofRole("input"), {
      options: whetherToDraw(options, training),
      weights: ofRole("weight"),
    });
    return { ...open, results, values };
  } catch (error) {
    open[Symbol.dispose]();
    throw error;
  }
}

/** The option `training`, where there is one and it is left to the session. */
function whetherToDraw<Options extends object>(
  options: Options,
  training: boolean,
): Options {
  return "training" in options && options.training === null
    ? { ...options, training }
    : options;
}

/** Options with channels last by default, and tensors as the host has them. */
function hostOptions<Options extends object>(
  op: PoolingOp<Options, string, string, string>,
  options: TfOptions<Options>,
): Record<string, unknown> {
  const host: Record<string, unknown> = "layout" in op.options
    ? { layout: "NHWC" }
    : {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    host[name] = value instanceof tf.Tensor
      ? { shape: value.shape, data: numbersOf(value).slice() }
      : value;
  }
  return host;
}

const CALL_OPTIONS = ["weights", "training", "seed"];

function checkCall(op: string, call: TfCall): void {
  for (const name of Object.keys(call)) {
    if (CALL_OPTIONS.includes(name)) continue;
    throw new TypeError(
      `Cannot run ${op} with "${name}"${didYouMean(name, CALL_OPTIONS)}`,
    );
  }
}
