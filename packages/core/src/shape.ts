/** The sizes of a tensor, outermost axis first. */
export type Shape = readonly number[];

/** The largest number of elements that 32-bit index arithmetic can address. */
export const MAX_ELEMENTS: number = 2 ** 31 - 1;

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis];
  return size;
}

/** A shape as text, for messages: `2×3×8×8`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.join("×");
}

/** Whether two shapes are the same. */
export function equalShapes(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) {
    if (a[axis] !== b[axis]) return false;
  }
  return true;
}

/**
 * Checks that a shape consists of sizes and can be indexed with 32 bits.
 *
 * @throws {TypeError} if a length is not a number
 * @throws {RangeError} if a length is negative, fractional or NaN, or if the
 * tensor has more than {@linkcode MAX_ELEMENTS} elements
 */
export function checkShape(shape: Shape, what = "a tensor"): void {
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `Cannot make ${what}: its shape is ${typeof shape}, an array is needed`,
    );
  }
  for (const length of shape) {
    if (typeof length !== "number") {
      throw new TypeError(
        `Cannot make ${what} of shape [${shape}]: each length must be a number`,
      );
    }
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(
        `Cannot make ${what} of shape [${shape}]: each length must be an integer of at least 0`,
      );
    }
  }
  if (sizeOf(shape) > MAX_ELEMENTS) {
    throw new RangeError(
      `Cannot make ${what} of shape ${formatShape(shape)}: it has ${
        sizeOf(shape)
      } elements, 32-bit indices reach ${MAX_ELEMENTS}`,
    );
  }
}
