import { checkShape, formatShape, type Shape, sizeOf } from "./shape.ts";

/** The element types that values have: float32 data, int32 indices. */
export type DType = "float32" | "int32";

/** Host memory of either element type. */
export type TensorData = Float32Array | Int32Array;

/** Numbers in host memory: row-major, outermost axis first. */
export interface Tensor<Data extends TensorData = TensorData> {
  /** The sizes, outermost axis first. */
  readonly shape: Shape;
  /** As many numbers as the shape has elements. */
  readonly data: Data;
}

/**
 * Numbers where a backend keeps them: a handle that belongs to one session
 * and is freed with it.
 */
export interface Value {
  /** The sizes, outermost axis first. */
  readonly shape: Shape;
  /** What the elements are. */
  readonly dtype: DType;
}

/** A value, or none, for each name. */
export type Values<Names extends string> = Readonly<Record<Names, Value>>;

/** A shape for each name. */
export type Shapes<Names extends string> = Readonly<Record<Names, Shape>>;

/**
 * Checks that a tensor's data is float32 or int32 and fits its shape.
 *
 * @throws {TypeError} if the data is no Float32Array or Int32Array
 * @throws {RangeError} if the shape is none or the data has another length
 */
export function checkTensor(tensor: Tensor, what = "a tensor"): DType {
  const { shape, data } = tensor;
  checkShape(shape, what);
  if (!(data instanceof Float32Array || data instanceof Int32Array)) {
    const kind = (data as object)?.constructor?.name ?? typeof data;
    throw new TypeError(
      `Cannot use ${what}: its data is ${kind}, a Float32Array or an Int32Array is needed`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `Cannot use ${what} of shape ${
        formatShape(shape)
      }: its data has ${data.length} elements, ${sizeOf(shape)} are needed`,
    );
  }
  return data instanceof Int32Array ? "int32" : "float32";
}
