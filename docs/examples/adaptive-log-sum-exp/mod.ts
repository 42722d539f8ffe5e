/**
 * Log-sum-exp pooling whose sharpness each channel learns, between the mean
 * and the greatest element of a window.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
  detach,
  planesOf,
  select,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** The options of {@linkcode adaptiveLogSumExp}. */
export interface AdaptiveLogSumExpOptions extends SlideOptions {
  /** What no channel's sharpness is below. */
  readonly lowest: number;
}

/** What −∞ is counted as, so that no product with it is 0 · ∞. */
const LEAST_EXCESS = -1e30;

const kernel: WindowKernel = windowKernel(
  "adaptive-log-sum-exp",
  ["x"],
  ({ x, beta, lowest }, fold) => {
    const sharpness = beta.exp().add(lowest);
    // The result does not depend on the shift, so it may count as a constant.
    const greatest = detach(fold.max(x));
    // ∞ − ∞ is no number.
    const excess = withGradientOf(
      select(x.eq(greatest), 0, x.sub(greatest).max(LEAST_EXCESS)),
      x,
    );
    const count = fold.count();
    const sum = fold.sum(excess.mul(sharpness).exp());
    // Of no elements the logarithm is to be 0, and its gradient, too.
    const mean = select(count.gt(0), sum.div(count.max(1)), 1);
    return mean.log().div(sharpness).add(greatest);
  },
  { scalars: ["lowest"], channels: ["beta"] },
);

/**
 * Log-sum-exp pooling with a learned sharpness: y = ln(Σ exp(r x) / n) / r,
 * where r = lowest + exp(β) and β is a parameter of the channel.
 *
 * Elements of −∞ weigh nothing, +∞ gives +∞, NaN gives NaN, and a window
 * without elements −∞.
 *
 * Pinheiro and Collobert, From image-level to pixel-level labeling with
 * convolutional networks (2015), arXiv 1411.6228, have one r that is chosen;
 * Yao, Prosky, Poblenz, Covington and Lyman, Weakly supervised medical
 * diagnosis and localization from multiple resolutions (2018), arXiv
 * 1803.07703, learn it above a lower bound.
 *
 * @example
 * ```ts
 * import { adaptiveLogSumExp } from "@examples/adaptive-log-sum-exp";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [1, 1, 2, 2],
 *   data: Float32Array.of(1, 2, 3, 4),
 * });
 * const options = { kernelSize: 2, lowest: 1 };
 * const { y } = session.run(adaptiveLogSumExp, { x }, { options });
 * // r is 1 + exp(0).
 * const mean = (Math.exp(2) + Math.exp(4) + Math.exp(6) + Math.exp(8)) / 4;
 * const [value] = (await session.read(y)).data;
 * assertAlmostEquals(value, Math.log(mean) / 2, 1e-6);
 * ```
 */
export const adaptiveLogSumExp: PoolingOp<
  AdaptiveLogSumExpOptions,
  "x",
  "beta",
  "y"
> = {
  name: "adaptive-log-sum-exp",
  contract: CONTRACT,
  summary: "between the mean and the greatest element, as each channel learns",
  category: "learnable",
  options: {
    ...slideOptions,
    lowest: {
      kind: "number",
      min: 0.01,
      max: 100,
      default: 0.1,
      help: "what no channel's sharpness is below",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  weights: ({ x }, options) => ({
    beta: {
      shape: [planesOf(x, options).channels],
      initial: 0,
      max: 5,
      help: "the logarithm of the sharpness above the lowest",
    },
  }),
  forward(cx, { x }, options, { beta }) {
    const { lowest } = options;
    const bindings = { values: { x, beta }, scalars: { lowest } };
    return { y: cx.window(kernel, bindings, slide(x.shape, options)).y };
  },
};

export { adaptiveLogSumExp as default };
