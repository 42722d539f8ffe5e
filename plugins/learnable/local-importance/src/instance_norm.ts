import type { Context, Layout, Value } from "@rockpool/core";
import {
  constant,
  detach,
  type Expression,
  slide,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";

/** Mean and γ / √(variance + ε) of each plane. */
const statistics: WindowKernel = windowKernel(
  "instance-statistics",
  ["x"],
  ({ x, gamma, eps }, fold) => {
    // What a long sum loses is found in the mean of what is left.
    const near = detach(fold.mean(x));
    const mean = near.add(fold.mean(x.sub(near)));
    const centred = x.sub(mean);
    const variance = fold.mean(centred.mul(centred));
    return { mean, gain: gamma.div(variance.add(eps).sqrt()) };
  },
  { scalars: ["eps"], channels: ["gamma"] },
);

/** What comes behind an instance norm. */
export type Activation = "relu" | "sigmoid";

const normalise: Readonly<Record<Activation, WindowKernel>> = {
  // This order gives 0 no gradient, as max(0, n) is 0 there.
  relu: normaliseWith("relu", (n) => constant(0).max(n)),
  // exp(80) is near the largest power that float32 has.
  sigmoid: normaliseWith(
    "sigmoid",
    (n) => constant(1).div(n.max(-80).neg().exp().add(1)),
  ),
};

function normaliseWith(
  name: Activation,
  activate: (n: Expression) => Expression,
): WindowKernel {
  return windowKernel(
    `instance-norm-${name}`,
    ["x"],
    ({ x, mean, gain, beta, scale }, fold) => {
      const n = x.sub(mean).mul(gain).add(beta);
      return fold.sum(activate(n).mul(scale));
    },
    { scalars: ["scale"], planes: ["mean", "gain"], channels: ["beta"] },
  );
}

/** What an instance norm has besides its input. */
export interface NormOptions {
  /** What each plane is multiplied by, `[C]`. */
  readonly gamma: Value;
  /** What is added to each plane then, `[C]`. */
  readonly beta: Value;
  /** What is added to the variance. */
  readonly eps: number;
  /** Channels before or after the pixels. */
  readonly layout: Layout;
  /** What comes behind it. */
  readonly activation: Activation;
  /** What that is multiplied by; 1 by default. */
  readonly scale?: number;
}

/**
 * Instance norm and an activation: f(γ (x − μ) / √(σ² + ε) + β) with the mean
 * and the biased variance of each plane.
 *
 * A plane of one pixel gives f(β). Ulyanov, Vedaldi and Lempitsky, Instance
 * Normalization (2016), arXiv 1607.08022.
 *
 * @param x `[N, C, pixels]`; with layout NHWC `[N, pixels, C]`
 */
export function instanceNorm(
  cx: Context,
  x: Value,
  options: NormOptions,
): Value {
  const { gamma, beta, eps, layout, activation, scale = 1 } = options;
  const [items, first, second] = x.shape;
  const [channels, pixels] = layout === "NCHW"
    ? [first, second]
    : [second, first];
  const planes = slide(x.shape, { kernelSize: [pixels], layout });
  const found = cx.window(
    statistics,
    { values: { x, gamma }, scalars: { eps } },
    planes,
  );
  const mean = cx.reshape(found.mean, [items, channels]);
  const gain = cx.reshape(found.gain, [items, channels]);
  return cx.window(
    normalise[activation],
    { values: { x, mean, gain, beta }, scalars: { scale } },
    slide(x.shape, { kernelSize: [1], layout }),
  ).y;
}
