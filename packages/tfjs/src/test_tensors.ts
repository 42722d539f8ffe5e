import * as tf from "@tensorflow/tfjs-core";
import { assertAlmostEquals, assertEquals } from "@std/assert";

/** Numbers without two that are the same, in no order. */
export function scrambled(shape: number[]): tf.Tensor4D {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length: size },
    (_, i) => ((i * 7919) % size) / size - 0.4,
  );
  return tf.tensor<tf.Rank>(data, shape) as tf.Tensor4D;
}

/** Asserts that two tensors have the same shape and nearly the same numbers. */
export async function assertNear(
  actual: tf.Tensor,
  expected: tf.Tensor,
): Promise<void> {
  assertEquals(actual.shape, expected.shape);
  assertEquals(actual.dtype, expected.dtype);
  const [a, b] = [await actual.data(), await expected.data()];
  assertEquals(a.length, b.length);
  for (let i = 0; i < b.length; i++) {
    assertAlmostEquals(a[i], b[i], 1e-5, `element ${i}`);
  }
}
