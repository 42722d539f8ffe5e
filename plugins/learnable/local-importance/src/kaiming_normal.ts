import { type Shape, sizeOf } from "@rockpool/core";
import { normal } from "@rockpool/kernel";

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
  return { shape, data: normal(sizeOf(shape), { seed, stream, deviation }) };
}
