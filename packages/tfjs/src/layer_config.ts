import type {
  AnyPoolingOp,
  OptionRule,
  PoolingOp,
  Tensor as HostTensor,
} from "@rockpool/core";
import * as tf from "@tensorflow/tfjs-core";
import { numbersOf } from "./bridge.ts";
import type { TfOptions, TfTensor } from "./pool_op.ts";

/** What a layer is told besides the options of its operator. */
export interface TfLayerArgs {
  /** What it is called in its model. */
  readonly name?: string;
  /** The input's shape without the batch, of a first layer. */
  readonly inputShape?: (number | null)[];
  /** The input's shape with the batch, of a first layer. */
  readonly batchInputShape?: (number | null)[];
  /** The items of a batch, of a first layer. */
  readonly batchSize?: number;
  /** Whether its parameters are trained; true by default. */
  readonly trainable?: boolean;
  /** Initial values of its parameters. */
  readonly weights?: TfTensor[];
  /** Key of the random numbers of the first call in training; 0 by default. */
  readonly seed?: number;
}

/** The options of an operator, and what its layer is told. */
export type PoolLayerConfig<Options extends object> =
  & TfOptions<Options>
  & TfLayerArgs;

/** What all layers are told; `seed` is ours. */
export const TAKEN: readonly string[] = [
  "inputShape",
  "batchInputShape",
  "batchSize",
  "dtype",
  "name",
  "trainable",
  "weights",
  "inputDType",
  "seed",
];

/** A name without hyphens, which loading a model would change. */
export function classNameOf(operator: string): string {
  const words = operator.split("-");
  const capital = (word: string) => word[0].toUpperCase() + word.slice(1);
  return `Rockpool${words.map(capital).join("")}`;
}

/** Options of the operator, arguments of the layer, and the seed. */
export function divide<Options extends object>(
  op: PoolingOp<Options, string, string, string>,
  config: PoolLayerConfig<Options>,
): {
  own: Record<string, unknown>;
  rest: Record<string, unknown>;
  seed: number;
} {
  const { seed = 0, ...others } = config;
  const own: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  // A layer knows no layout but its operator's.
  if ("layout" in op.options) own.layout = "NHWC";
  for (const [name, value] of Object.entries(others)) {
    if (TAKEN.includes(name)) rest[name] = value;
    else own[name] = isPacked(value) ? unpacked(value) : hostOf(value);
  }
  return { own, rest, seed };
}

/** Words of options as they were before a saved model changed their case. */
export function restored(
  { options }: AnyPoolingOp,
  config: tf.serialization.ConfigDict,
): tf.serialization.ConfigDict {
  const bare = (word: string) => word.toLowerCase().replace(/[^a-z0-9]/g, "");
  const rules = options as Record<string, OptionRule>;
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const words = rules[name]?.choices ?? [];
      const word = typeof value === "string"
        ? words.find((word) => bare(word) === bare(value))
        : undefined;
      return [name, word ?? value];
    }),
  );
}

/** A tensor as a config has it, which must be JSON. */
interface PackedTensor {
  readonly dtype: "float32" | "int32";
  readonly shape: number[];
  readonly numbers: number[];
}

function hostOf(value: unknown): unknown {
  return value instanceof tf.Tensor
    ? { shape: value.shape, data: numbersOf(value).slice() }
    : value;
}

function isTensor(value: unknown): value is HostTensor {
  return typeof value === "object" && value !== null && "data" in value;
}

function packed({ shape, data }: HostTensor): PackedTensor {
  const dtype = data instanceof Int32Array ? "int32" : "float32";
  return { dtype, shape: [...shape], numbers: [...data] };
}

function isPacked(value: unknown): value is PackedTensor {
  return typeof value === "object" && value !== null && "numbers" in value;
}

function unpacked({ dtype, shape, numbers }: PackedTensor): HostTensor {
  const data = dtype === "int32"
    ? Int32Array.from(numbers)
    : Float32Array.from(numbers);
  return { shape, data };
}

/** Options as a config has them, which must be JSON. */
export function packedOptions(
  options: Readonly<Record<string, unknown>>,
): tf.serialization.ConfigDict {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      isTensor(value) ? packed(value) : value,
    ]),
  ) as tf.serialization.ConfigDict;
}
