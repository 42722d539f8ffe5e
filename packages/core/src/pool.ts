import type { Backend, Session } from "./backend.ts";
import { checkContract } from "./contract.ts";
import {
  initialWeight,
  type Mode,
  neededInputs,
  type PoolingOp,
} from "./op.ts";
import { type GivenOptions, validateOptions } from "./options.ts";
import { didYouMean } from "./suggest.ts";
import { checkTensor, type Tensor, type Value, type Values } from "./value.ts";

/** One tensor for the operator's only input, or all inputs by name. */
export type PoolInputs = Tensor | Readonly<Record<string, Tensor>>;

/** What a call of a pool is run with besides its inputs. */
export interface CallOptions {
  /** Key of all random numbers; 0 by default. */
  readonly seed?: number;
  /** `"infer"` by default. */
  readonly mode?: Mode;
  /** Learnable parameters by name; initial values fill what is left out. */
  readonly weights?: Readonly<Record<string, Tensor>>;
}

/** An operator with its options on a backend: a function of tensors. */
export interface Pool extends Disposable {
  /** Pools tensors; gives the output `y`. */
  (inputs: PoolInputs, call?: CallOptions): Promise<Tensor>;
  /** Pools tensors; gives every output by name. */
  outputs(
    inputs: PoolInputs,
    call?: CallOptions,
  ): Promise<Record<string, Tensor>>;
  /** The gradients of `sum(y * gradOutput)` with respect to inputs and weights. */
  gradients(
    inputs: PoolInputs,
    gradOutput: Tensor,
    call?: CallOptions,
  ): Promise<Record<string, Tensor>>;
  /** Where it runs. */
  readonly backend: Backend;
}

/** What {@linkcode makePool} binds an operator to. */
export interface PoolBinding<Options extends object> {
  /** Where it runs. */
  readonly backend: Backend;
  /** The operator's options; defaults fill what is left out. */
  readonly options?: GivenOptions<Options>;
  /** Whether disposing of the pool disposes of the backend; false by default. */
  readonly ownsBackend?: boolean;
}

/**
 * Binds an operator and its options to a backend.
 *
 * @throws {TypeError} | {RangeError} if the options are not the operator's
 * @throws {TypeError} if the operator was made for another contract
 */
export function makePool<Options extends object>(
  op: PoolingOp<Options, string, string, string>,
  binding: PoolBinding<Options>,
): Pool {
  checkContract(op);
  const { backend, ownsBackend = false } = binding;
  const options = validateOptions(op.options, binding.options ?? {});

  async function evaluate(
    inputs: PoolInputs,
    call: CallOptions,
    gradOutput?: Tensor,
  ): Promise<Record<string, Tensor>> {
    checkCall(op.name, call);
    const { seed } = call;
    const mode = gradOutput ? "train" : call.mode;
    const session = backend.session({ seed, mode });
    try {
      const wanted = run(session, byName(inputs), { call, gradOutput });
      const read: Record<string, Tensor> = {};
      for (const [name, value] of Object.entries(wanted)) {
        if (value) read[name] = await session.read(value);
      }
      return read;
    } finally {
      session[Symbol.dispose]();
    }
  }

  function byName(inputs: PoolInputs): Readonly<Record<string, Tensor>> {
    const needed = neededInputs(op, options);
    const single = Array.isArray(inputs.shape);
    if (!single) return inputs as Readonly<Record<string, Tensor>>;
    if (needed.length === 1) return { [needed[0]]: inputs as Tensor };
    throw new TypeError(
      `Cannot run ${op.name} on one tensor: it needs ${needed.join(" and ")}`,
    );
  }

  /** The outputs, or the gradients where there is a gradient of the output. */
  function run(
    session: Session,
    inputs: Readonly<Record<string, Tensor>>,
    { call, gradOutput }: { call: CallOptions; gradOutput?: Tensor },
  ): Readonly<Record<string, Value | undefined>> {
    const values = uploadAll(session, inputs);
    const weights = uploadAll(session, {
      ...initialWeights(op, values, options),
      ...call.weights,
    });
    const results = session.run(op, values, { options, weights });
    if (!gradOutput) return results;
    const of = Object.entries({ ...values, ...weights })
      .filter(([, value]) => value.dtype === "float32");
    const gradients = session.grad(
      results.y,
      session.upload(gradOutput),
      of.map(([, value]) => value),
    );
    return Object.fromEntries(
      of.map(([name], index) => [name, gradients[index]]),
    );
  }

  const pool = async (inputs: PoolInputs, call: CallOptions = {}) =>
    (await evaluate(inputs, call)).y;
  return Object.assign(pool, {
    backend,
    outputs: (inputs: PoolInputs, call: CallOptions = {}) =>
      evaluate(inputs, call),
    gradients: (
      inputs: PoolInputs,
      gradOutput: Tensor,
      call: CallOptions = {},
    ) => evaluate(inputs, call, gradOutput),
    [Symbol.dispose]() {
      if (ownsBackend) backend[Symbol.dispose]();
    },
  });
}

const CALL_OPTIONS = ["seed", "mode", "weights"];

function checkCall(op: string, call: CallOptions): void {
  for (const name of Object.keys(call)) {
    if (CALL_OPTIONS.includes(name)) continue;
    throw new TypeError(
      `Cannot run ${op} with "${name}"${didYouMean(name, CALL_OPTIONS)}`,
    );
  }
}

function uploadAll(
  session: Session,
  tensors: Readonly<Record<string, Tensor>>,
): Values<string> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      checkTensor(tensor, `"${name}"`);
      return [name, session.upload(tensor)];
    }),
  );
}

/** The parameters of an operator as they are before training. */
function initialWeights<Options extends object>(
  op: PoolingOp<Options, string, string, string>,
  inputs: Values<string>,
  options: Options,
): Record<string, Tensor> {
  const shapes = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
  );
  return Object.fromEntries(
    Object.entries(op.weights?.(shapes, options) ?? {})
      .map(([name, spec]) => [name, initialWeight(spec)]),
  );
}
