import { formatShape, sizeOf, type Tensor } from "@rockpool/core";

/** A tensor as ONNX Runtime's libraries for JavaScript have it. */
export interface OnnxTensor {
  /** What its elements are: `float32`, `int64`, `uint8` and so on. */
  readonly type: string;
  /** The sizes, outermost axis first. */
  readonly dims: readonly number[];
  /** The numbers, row-major. */
  readonly data:
    | Float32Array
    | BigInt64Array
    | Int32Array
    | Uint8Array
    | Int8Array
    | object;
}

/** What a node calls a tensor, for messages. */
export interface TensorPlace {
  /** The node: `MaxPool "pool1"`. */
  readonly node: string;
  /** The name of its input: `X`. */
  readonly input: string;
}

/**
 * The numbers of a float32 tensor; of integers of 8 bits, as float32.
 *
 * @throws {TypeError} where it has another type, or data that is of none
 * @throws {RangeError} where it has more or less data than its shape
 */
export function floatsOf(
  tensor: OnnxTensor,
  place: TensorPlace,
  types: readonly string[] = ["float32"],
): Tensor<Float32Array> {
  const { type, data } = tensor;
  if (!types.includes(type)) refuse(tensor, place, types);
  const arrays = {
    float32: Float32Array,
    uint8: Uint8Array,
    int8: Int8Array,
  };
  const array = arrays[type as keyof typeof arrays];
  if (!(data instanceof array)) refuse(tensor, place, types);
  const numbers = data as Float32Array | Uint8Array | Int8Array;
  checkLength(tensor, numbers.length, place);
  return {
    shape: [...tensor.dims],
    data: numbers instanceof Float32Array
      ? numbers
      : Float32Array.from(numbers),
  };
}

/**
 * The numbers of an int64 tensor.
 *
 * @throws {TypeError} where it has another type
 * @throws {RangeError} where it has more or less data than its shape, or a
 * number that no index reaches
 */
export function integersOf(tensor: OnnxTensor, place: TensorPlace): number[] {
  const { type, data } = tensor;
  if (type !== "int64" || !(data instanceof BigInt64Array)) {
    refuse(tensor, place, ["int64"]);
  }
  const numbers = Array.from(data as BigInt64Array, Number);
  checkLength(tensor, numbers.length, place);
  const bad = numbers.find((number) => !Number.isSafeInteger(number));
  if (bad === undefined) return numbers;
  throw new RangeError(
    `Cannot run ${place.node}: its input ${place.input} holds ${bad}, at most 2^53 is needed`,
  );
}

function checkLength(
  { dims }: OnnxTensor,
  length: number,
  { node, input }: TensorPlace,
): void {
  if (length === sizeOf(dims)) return;
  throw new RangeError(
    `Cannot run ${node}: its input ${input} of shape ${
      formatShape(dims)
    } has ${length} elements, ${sizeOf(dims)} are needed`,
  );
}

function refuse(
  { type, data }: OnnxTensor,
  { node, input }: TensorPlace,
  types: readonly string[],
): never {
  const kind = (data as object | undefined)?.constructor?.name ?? typeof data;
  throw new TypeError(
    `Cannot run ${node}: its input ${input} is ${type} in a ${kind}, ${
      types.join(" or ")
    } is needed`,
  );
}
