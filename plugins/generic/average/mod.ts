/**
 * Average pooling, with PyTorch's and ONNX's rules for the divisor.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

/** The options of {@linkcode average}. */
export interface AverageOptions extends SlideOptions {
  /** Whether padding counts as elements of value 0. */
  readonly countIncludePad: boolean;
  /** What every sum is divided by instead of a count. */
  readonly divisorOverride: number | null;
}

const overElements: WindowKernel = windowKernel(
  "average",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count().max(1)),
);

const overPadded: WindowKernel = windowKernel(
  "average-padded",
  ["x"],
  ({ x }, fold) => fold.sum(x).div(fold.count("padded").max(1)),
);

const overDivisor: WindowKernel = windowKernel(
  "average-divisor",
  ["x"],
  ({ x, divisor }, fold) => fold.sum(x).div(divisor),
  { scalars: ["divisor"] },
);

/**
 * Average pooling: the sum of each window over a divisor.
 *
 * The divisor is `divisorOverride`; else, with `countIncludePad`, the number of
 * positions inside the padded input, so that what a last window of `ceilMode`
 * has beyond the padding does not count; else the number of elements. A window
 * without elements gives 0.
 *
 * @example
 * ```ts
 * import { average } from "@rockpool/average";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [1, 1, 2, 4],
 *   data: Float32Array.of(1, 2, 5, 6, 3, 4, 7, 8),
 * });
 * const { y } = session.run(average, { x }, { options: { kernelSize: 2 } });
 * assertEquals([...(await session.read(y)).data], [2.5, 6.5]);
 * ```
 */
export const average: PoolingOp<AverageOptions, "x", never, "y"> = {
  name: "average",
  contract: CONTRACT,
  summary: "the mean of each window",
  category: "generic",
  options: {
    ...slideOptions,
    countIncludePad: {
      kind: "boolean",
      default: true,
      help: "whether padding counts as elements of value 0",
    },
    divisorOverride: {
      kind: "integer",
      not: 0,
      nullable: true,
      default: null,
      help: "what every sum is divided by instead of a count",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  forward(cx, { x }, options) {
    const windows = slide(x.shape, options);
    const { countIncludePad, divisorOverride: divisor } = options;
    if (divisor !== null) {
      const bindings = { values: { x }, scalars: { divisor } };
      return { y: cx.window(overDivisor, bindings, windows).y };
    }
    const kernel = countIncludePad ? overPadded : overElements;
    return { y: cx.window(kernel, { values: { x } }, windows).y };
  },
};

export { average as default };
