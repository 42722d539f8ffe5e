/**
 * Fractional max pooling: the greatest element of windows whose places are
 * drawn, so that the output may be any part of the input's size.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import { shapeOf, type WindowKernel, windowKernel } from "@rockpool/kernel";
import {
  type FractionalMaxOptions,
  fractionalMaxOptions,
} from "./src/options.ts";
import { placeWindows } from "./src/place_windows.ts";
import { planOf } from "./src/plan.ts";

export type { FractionalMaxOptions };

const greatest: WindowKernel = windowKernel(
  "fractional-max",
  ["x"],
  ({ x }, fold) => fold.max(x),
);

const greatestWithIndices: WindowKernel = windowKernel(
  "fractional-max-indices",
  ["x"],
  ({ x }, fold) => ({ y: fold.max(x), indices: fold.argmax(x) }),
);

/**
 * Fractional max pooling: the greatest element of windows whose places are
 * drawn anew in each call, in inference too.
 *
 * The first of equal elements wins, in row-major order of the window, and takes
 * the whole gradient; NaN wins over numbers, the last one first. With
 * `returnIndices` the output `indices` (int32, shaped as `y`) has the winners'
 * positions in their plane. `randomSamples` places windows without drawing.
 *
 * Graham, Fractional Max-Pooling (2014), arXiv 1412.6071.
 *
 * @example
 * ```ts
 * import { fractionalMax } from "@rockpool/fractional-max";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session({ seed: 42 });
 * const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6);
 * const x = session.upload({ shape: [1, 7], data });
 * const { y } = session.run(fractionalMax, { x }, {
 *   options: { kernelSize: [2], outputSize: [4] },
 * });
 * assertEquals([...(await session.read(y)).data], [1, 3, 5, 6]);
 * ```
 */
export const fractionalMax: PoolingOp<
  FractionalMaxOptions,
  "x",
  never,
  "y" | "indices"
> = {
  name: "fractional-max",
  contract: CONTRACT,
  summary: "the greatest element of windows that are placed at random",
  category: "generic",
  options: fractionalMaxOptions,
  inputs: ["x"],
  shape({ x }, options) {
    const { planes, axes } = planOf(x, options);
    return shapeOf(planes, axes.map(({ windows }) => windows));
  },
  forward(cx, { x }, options) {
    const kernel = options.returnIndices ? greatestWithIndices : greatest;
    const { y, indices } = cx.window(
      kernel,
      { values: { x } },
      placeWindows(cx, x.shape, options),
    );
    return options.returnIndices ? { y, indices } : { y };
  },
};

export { fractionalMax as default };
