import {
  type AnyPoolingOp,
  type Backend,
  type GivenOptions,
  initialWeight,
  type PoolingOp,
  validateOptions,
} from "@rockpool/core";
import * as tf from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import {
  classNameOf,
  divide,
  packedOptions,
  type PoolLayerConfig,
  restored,
  TAKEN,
} from "./layer_config.ts";
import {
  filled,
  GUESSES,
  type LimitedVariable,
  type OpenShape,
  weightsOf,
  withinLimits,
} from "./layer_weights.ts";
import { poolOp, type TfOptions, type TfPool } from "./pool_op.ts";

/**
 * A layer of TensorFlow.js.
 *
 * @internal documented by TensorFlow.js
 */
export type TfLayer = layers.Layer;

/** A class of layers of TensorFlow.js, for one operator. */
export interface PoolLayerClass<Options extends object> {
  /** Makes a layer; its config has the operator's options. */
  new (config?: PoolLayerConfig<Options>): TfLayer;
  /** What saved models call the class: `RockpoolSoft`. */
  readonly className: string;
  /** Makes a layer of what `getConfig` gave. */
  fromConfig(
    cls: PoolLayerClass<Options>,
    config: Readonly<Record<string, unknown>>,
  ): TfLayer;
}

/**
 * An operator as a class of layers of TensorFlow.js.
 *
 * Its parameters are trainable variables. In training, operators that draw draw
 * anew in each call. The class is registered, so that a model with such layers
 * can be loaded once `poolLayer` was called for their operators.
 *
 * @throws {TypeError} for an operator with an option that layers have too
 *
 * @example
 * ```ts
 * import { cpu } from "@rockpool/cpu";
 * import { soft } from "@rockpool/soft";
 * import { poolLayer } from "@rockpool/tfjs";
 * import { assertEquals } from "@std/assert";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { sequential } from "@tensorflow/tfjs-layers";
 * import "@tensorflow/tfjs-backend-cpu";
 *
 * await tf.setBackend("cpu");
 * using backend = await cpu({ threads: 1 });
 * const SoftPool = poolLayer(backend, soft);
 * const model = sequential({
 *   layers: [new SoftPool({ kernelSize: 2, inputShape: [4, 4, 3] })],
 * });
 * assertEquals(model.outputs[0].shape, [null, 2, 2, 3]);
 * ```
 */
export function poolLayer<Options extends object>(
  backend: Backend,
  op: PoolingOp<Options, string, string, string>,
): PoolLayerClass<Options> {
  const clash = Object.keys(op.options).find((name) => TAKEN.includes(name));
  if (clash !== undefined) {
    throw new TypeError(
      `Cannot make layers of ${op.name}: its option ${clash} is an argument of every layer`,
    );
  }

  class PoolLayer extends layers.Layer {
    static readonly className: string = classNameOf(op.name);
    readonly #options: Record<string, unknown>;
    readonly #checked: object;
    readonly #pool: TfPool;
    readonly #seed: number;
    readonly #weights = new Map<string, LimitedVariable>();
    #calls = 0;

    constructor(config: PoolLayerConfig<Options> = {}) {
      const { own, rest, seed } = divide(op, config);
      super(rest);
      this.#options = own;
      this.#seed = seed;
      const options = own as TfOptions<Options>;
      this.#pool = poolOp(backend, op, options);
      this.#checked = validateOptions(op.options, own as GivenOptions<Options>);
    }

    override build(inputShape: OpenShape | OpenShape[]): void {
      const specs = weightsOf(op as AnyPoolingOp, {
        shapes: this.#shapes(inputShape),
        options: this.#checked,
      });
      for (const [name, spec] of Object.entries(specs)) {
        const { shape, data } = initialWeight(spec);
        const initializer = { apply: () => tf.tensor(data, [...shape]) };
        const variable = this.addWeight(
          name,
          [...shape],
          "float32",
          initializer as unknown as Parameters<typeof this.addWeight>[3],
        );
        this.#weights.set(name, { variable, spec });
      }
      this.built = true;
    }

    override computeOutputShape(
      inputShape: OpenShape | OpenShape[],
    ): (number | null)[] {
      // What differs between two guesses of an open length is open, too.
      const [some, others] = GUESSES.map((guess) =>
        op.shape(
          filled(this.#shapes(inputShape), guess),
          this.#checked as Options,
        )
      );
      return some.map((length, a) => length === others[a] ? length : null);
    }

    override call(
      inputs: tf.Tensor | tf.Tensor[],
      kwargs: Record<string, unknown>,
    ): tf.Tensor {
      return tf.tidy(() => {
        this.invokeCallHook(inputs, kwargs);
        const training = kwargs?.training === true;
        const seed = training ? this.#seed + this.#calls++ : this.#seed;
        const weights = Object.fromEntries(
          Array.from(this.#weights, ([name, it]) => [name, withinLimits(it)]),
        );
        const list = Array.isArray(inputs) ? inputs : [inputs];
        return this.#pool(this.#byName(list), {
          weights,
          training,
          seed: seed >>> 0,
        });
      });
    }

    static override fromConfig<T extends tf.serialization.Serializable>(
      cls: tf.serialization.SerializableConstructor<T>,
      config: tf.serialization.ConfigDict,
    ): T {
      // A model that is loaded tells this to all of its layers.
      const { customObjects: _, ...own } = config;
      return new cls(restored(op as unknown as AnyPoolingOp, own));
    }

    override getConfig(): tf.serialization.ConfigDict {
      return {
        ...super.getConfig(),
        ...packedOptions(this.#options),
        seed: this.#seed,
      };
    }

    #byName<T>(list: readonly T[]): Record<string, T> {
      const names = this.#pool.inputs;
      if (list.length !== names.length) {
        throw new TypeError(
          `Cannot run ${op.name} on ${list.length} tensors: it needs ${
            names.join(" and ")
          }`,
        );
      }
      return Object.fromEntries(names.map((name, i) => [name, list[i]]));
    }

    #shapes(inputShape: OpenShape | OpenShape[]): Record<string, OpenShape> {
      const several = Array.isArray(inputShape[0]);
      return this.#byName(
        (several ? inputShape : [inputShape]) as OpenShape[],
      );
    }
  }
  tf.serialization.registerClass(
    PoolLayer as unknown as Parameters<
      typeof tf.serialization.registerClass
    >[0],
  );
  return PoolLayer as unknown as PoolLayerClass<Options>;
}
