/**
 * SoftPool: the mean of each window, weighted by the exponentials of its
 * elements.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
  constant,
  detach,
  type Expression,
  type Fold,
  select,
  slide,
  type SlideOptions,
  slideOptions,
  slideShape,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** The options of {@linkcode soft}. */
export interface SoftOptions extends SlideOptions {
  /** Whether the weights depend on the elements (`exact`) or are held constant (`paper`). */
  readonly gradient: "exact" | "paper";
  /** What elements are multiplied by before the exponential. */
  readonly temperature: number;
}

/**
 * The greatest |βx| for which exponentials need no shift: rounding βx changes
 * them by less than 2⁻²⁰ then.
 */
const NEAR = 32;

/** Where exponentials are as good as 0, and not yet subnormal. */
const LEAST = -87;

/**
 * Σ wᵢ xᵢ with wᵢ ∝ exp(βxᵢ), as s + Σ w t / (β Σ w) with t = β (x − s) and
 * w = exp(t). Any shift s gives the same; it is the greatest element where
 * that is large, and 0 where there is no need for one, since exponentials are
 * the same for all windows then, and nothing waits for the maximum.
 */
function softMean(
  { x, temperature }: Readonly<Record<string, Expression>>,
  fold: Fold,
  gradient: "exact" | "paper",
): Expression {
  const greatest = fold.max(x);
  const shift = select(
    greatest.mul(temperature).abs().le(NEAR).likely(),
    0,
    greatest,
  );
  // The shift alone tells, so that gradients need to know nothing else.
  const isNear = shift.eq(0).likely();
  // ∞ − ∞ is no number, and neither is 0 · ∞, here and in the gradient.
  const excess = select(x.eq(shift), 0, x.sub(shift).mul(temperature));
  const power = select(isNear, x.mul(temperature), excess)
    .max(LEAST).min(NEAR);
  const weight = power.exp();
  const total = fold.sum(weight);
  const sum = fold.sum(weight.mul(power));
  const y = sum.mul(constant(1).div(total.mul(temperature))).add(shift);

  // dy/dx = w̄ (1 + t − t̄) with the mean t̄ of t, for which w̄ (1 + β (x − y))
  // is another word; as a sum of what windows multiply w and t w with.
  const share = constant(1).div(total);
  const first = fold.sum(detach(weight).mul(x));
  if (gradient === "paper") return withGradientOf(y, detach(share).mul(first));
  const second = fold.sum(detach(power).mul(detach(weight).mul(x)));
  const rest = share.mul(constant(1).sub(sum.mul(share)));
  return withGradientOf(
    y,
    detach(rest).mul(first).add(detach(share).mul(second)),
  );
}

/** The kernels of a gradient: for any temperature, and for 1, without products. */
function kernelsOf(
  name: string,
  gradient: "exact" | "paper",
): { any: WindowKernel; one: WindowKernel } {
  return {
    any: windowKernel(
      `${name}-with-temperature`,
      ["x"],
      (leaves, fold) => softMean(leaves, fold, gradient),
      { scalars: ["temperature"] },
    ),
    one: windowKernel(
      name,
      ["x"],
      ({ x }, fold) =>
        softMean({ x, temperature: constant(1) }, fold, gradient),
    ),
  };
}

const kernels = {
  exact: kernelsOf("soft", "exact"),
  paper: kernelsOf("soft-paper", "paper"),
} as const;

/**
 * SoftPool: the mean of each window with weights softmax(temperature · x).
 *
 * Elements of −∞ have weight 0, those of +∞ share all of it, NaN gives NaN, as
 * does a window without elements (dilation allows it).
 * The exact gradient is gᵢ = g wᵢ (1 + β (xᵢ − y)); the paper holds the
 * weights constant, gᵢ = g wᵢ.
 *
 * Stergiou, Poppe and Kalliatakis, Refining activation downsampling with
 * SoftPool (2021), arXiv 2101.00440.
 *
 * @example
 * ```ts
 * import { soft } from "@rockpool/soft";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * const { y } = session.run(soft, { x }, { options: { kernelSize: 2 } });
 * assertAlmostEquals((await session.read(y)).data[0], 3.4926527, 1e-6);
 * ```
 */
export const soft: PoolingOp<SoftOptions, "x", never, "y"> = {
  name: "soft",
  contract: CONTRACT,
  summary: "the mean of each window, weighted by exponentials",
  category: "generic",
  options: {
    ...slideOptions,
    kernelSize: { ...slideOptions.kernelSize, default: 2 },
    gradient: {
      kind: "choice",
      choices: ["exact", "paper"],
      default: "exact",
      help: "whether the weights depend on the elements or are held constant",
    },
    temperature: {
      kind: "number",
      above: 0,
      default: 1,
      help: "what elements are multiplied by before the exponential",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  forward(cx, { x }, options) {
    const { temperature } = options;
    const { any, one } = kernels[options.gradient];
    const windows = slide(x.shape, options);
    const { y } = temperature === 1
      ? cx.window(one, { values: { x } }, windows)
      : cx.window(any, { values: { x }, scalars: { temperature } }, windows);
    return { y };
  },
};

export { soft as default };
