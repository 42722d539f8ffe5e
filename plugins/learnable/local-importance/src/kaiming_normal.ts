import { type Shape, sizeOf } from "@rockpool/core";
import { threefry, unitInterval } from "@rockpool/kernel";

/** What names these numbers among all that are drawn with a seed. */
export interface KaimingKey {
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** Another one, a different one for each weight; 0 by default. */
  readonly stream?: number;
}

/**
 * Initial weights of a convolution in front of a ReLU: normal numbers of
 * variance 2 / fan-out, the same ones for the same key on every machine but
 * for the last digits of logarithm and cosine.
 *
 * `shape` is `[outputs, inputs, …kernelSize]`, the fan-out thus the outputs
 * times the positions of the kernel.
 *
 * He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015), arXiv
 * 1502.01852.
 *
 * @example Other weights for the first convolution of the bottleneck
 * ```ts
 * import { kaimingNormal } from "@rockpool/local-importance";
 * import { assertEquals } from "@std/assert";
 *
 * const conv1 = kaimingNormal([128, 16, 1, 1], { seed: 7 });
 * assertEquals(conv1.data.length, 128 * 16);
 * ```
 */
export function kaimingNormal(
  shape: Shape,
  { seed, stream = 0 }: KaimingKey,
): { readonly shape: Shape; readonly data: Float32Array } {
  const [outputs, , ...kernelSize] = shape;
  const deviation = Math.sqrt(2 / (outputs * sizeOf(kernelSize)));
  const data = new Float32Array(sizeOf(shape));
  for (let index = 0; index < data.length; index += 2) {
    // Box and Muller: two uniform numbers make two normal ones.
    const words = threefry([seed, stream], [index / 2, 0]);
    const [u, v] = words.map(unitInterval);
    // 1 − u is never 0.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - u));
    data[index] = radius * Math.cos(2 * Math.PI * v);
    // What lies beyond the last element is dropped.
    data[index + 1] = radius * Math.sin(2 * Math.PI * v);
  }
  return { shape, data };
}
