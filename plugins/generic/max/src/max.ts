import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

/** The options of {@linkcode max}. */
export interface MaxOptions extends SlideOptions {
  /** Whether the winners' positions are given too. */
  readonly returnIndices: boolean;
}

const greatest: WindowKernel = windowKernel(
  "max",
  ["x"],
  ({ x }, fold) => fold.max(x),
);

const greatestWithIndices: WindowKernel = windowKernel(
  "max-indices",
  ["x"],
  ({ x }, fold) => ({ y: fold.max(x), indices: fold.argmax(x) }),
);

/**
 * Max pooling: the greatest element of each window.
 *
 * Padding never wins. The first of equal elements wins, in row-major order of
 * the window, and takes the whole gradient; NaN wins over numbers, the last
 * one first. A window without elements (dilation allows it) gives −∞.
 *
 * With `returnIndices` the output `indices` (int32, shaped as `y`) has the
 * winners' positions in their plane of the unpadded input, −1 for none.
 *
 * @example
 * ```ts
 * import { max } from "@rockpool/max";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [1, 1, 2, 4],
 *   data: Float32Array.of(1, 2, 5, 6, 3, 4, 7, 8),
 * });
 * const { y } = session.run(max, { x }, { options: { kernelSize: 2 } });
 * assertEquals([...(await session.read(y)).data], [4, 8]);
 * ```
 */
export const max: PoolingOp<MaxOptions, "x", never, "y" | "indices"> = {
  name: "max",
  contract: CONTRACT,
  summary: "the greatest element of each window",
  category: "generic",
  options: {
    ...slideOptions,
    returnIndices: {
      kind: "boolean",
      default: false,
      help: "whether the winners' positions are given too",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  forward(cx, { x }, options) {
    const kernel = options.returnIndices ? greatestWithIndices : greatest;
    const { y, indices } = cx.window(
      kernel,
      { values: { x } },
      slide(x.shape, options),
    );
    return options.returnIndices ? { y, indices } : { y };
  },
};
