import {
  type Context,
  CONTRACT,
  type PoolingOp,
  type Value,
} from "@rockpool/core";
import {
  constant,
  detach,
  expand,
  type Expression,
  type Fold,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";
import {
  type AdaptiveOptions,
  adaptiveOptions,
  adaptiveWindows,
  outputShape,
  planOf,
} from "./adaptive.ts";

/** The options of {@linkcode generalizedMean}. */
export interface GeneralizedMeanOptions extends AdaptiveOptions {
  /** The initial value of the power that is learned. */
  readonly p: number;
  /** Whether each channel learns a power of its own. */
  readonly perChannel: boolean;
  /** What smaller elements are taken for. */
  readonly eps: number;
}

/** What powers and `eps` may be: numbers whose reciprocals are normal, too. */
const LIMITS = { min: 1e-30, max: 1e30 };

/** The least ratio that no GPU flushes to 0, whose logarithm is infinite. */
const LEAST_RATIO = 2 ** -126;

/** x̃ / m and m, where x̃ = max(x, eps) and m = max x̃: ∞ / ∞ is no number. */
function ratiosOf(
  { x, eps }: Readonly<Record<string, Expression>>,
  fold: Fold,
) {
  const raised = x.max(eps);
  const greatest = fold.max(raised);
  const ratio = raised.div(greatest).max(LEAST_RATIO);
  return { greatest, isGreatest: raised.eq(greatest), ratio };
}

/** y = m (Σ (x̃ / m)ᵖ / n)^(1/p). */
function powerMean(
  leaves: Readonly<Record<string, Expression>>,
  fold: Fold,
): Expression {
  const { x, p, eps } = leaves;
  const { greatest, isGreatest, ratio } = ratiosOf(leaves, fold);
  // Ratios are positive: a logarithm of each serves all that is asked of it.
  const logarithm = ratio.log();
  const power = select(isGreatest, 0, logarithm).mul(p).exp();
  const total = fold.sum(power);
  const mean = total.div(fold.count());
  const root = constant(1).div(p);
  const y = mean.pow(root).mul(greatest);

  // dy/dx = (x̃ / y)ᵖ⁻¹ / n and dy/dp = y / p (Σ w ln x̃ − ln y), w ∝ x̃ᵖ, where
  // the parts of m cancel.
  const slope = logarithm.mul(p.sub(1)).exp().mul(mean.pow(root.sub(1)));
  const weighted = fold.sum(power.mul(logarithm)).div(total);
  const byPower = y.div(p).mul(weighted.sub(mean.log().div(p)));
  const passed = select(x.ge(eps), x, 0);
  return withGradientOf(
    y,
    fold.mean(passed.mul(detach(slope))).add(p.mul(detach(byPower))),
  );
}

const learned: WindowKernel = windowKernel(
  "generalized-mean",
  ["x"],
  powerMean,
  { channels: ["p"], scalars: ["eps"] },
);

/** The kernels of powers that are products, several times as fast. */
const products: Readonly<Record<number, WindowKernel>> = Object.fromEntries(
  [1, 2, 3, 4].map((p) => [p, productKernel(p)]),
);

function productKernel(p: number): WindowKernel {
  return windowKernel(
    `generalized-mean-${p}`,
    ["x"],
    (leaves, fold) => {
      const { greatest, isGreatest, ratio } = ratiosOf(leaves, fold);
      const safe = select(isGreatest, 1, ratio);
      let power = safe;
      for (let factors = 1; factors < p; factors++) power = power.mul(safe);
      return fold.mean(power).pow(1 / p).mul(greatest);
    },
    { scalars: ["eps"] },
  );
}

/** The kernel of a power that is a product and gets no gradient, if it is one. */
function productFor(cx: Context, p: Value): WindowKernel | undefined {
  if (cx.mode === "train") return undefined;
  const [first, ...others] = cx.peek(p) ?? [];
  return others.every((other) => other === first) ? products[first] : undefined;
}

/**
 * Generalised-mean pooling (GeM): y = (Σ max(x, eps)ᵖ / n)^(1/p) over the whole
 * plane or over as many windows as asked for, with a learned power p.
 *
 * `x` is `[N, C, …L]` or `[C, …L]`, channels last with layout NHWC; the weight
 * `p` is `[1]`, or with `perChannel` `[C]`. p = 1 is the mean, p → ∞ the
 * maximum. No power overflows, since elements are divided by the greatest
 * first. Elements below `eps` count as `eps` and have no gradient; NaN gives
 * NaN, +∞ gives +∞ and gradients that are NaN.
 *
 * Radenović, Tolias and Chum, Fine-tuning CNN image retrieval with no human
 * annotation (2018), arXiv 1711.02512.
 *
 * @example
 * ```ts
 * import { generalizedMean } from "@rockpool/global-average";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 2, 3, 4) });
 * const { y } = session.run(generalizedMean, { x });
 * assertAlmostEquals((await session.read(y)).data[0], 2.9240177, 1e-6);
 * ```
 */
export const generalizedMean: PoolingOp<
  GeneralizedMeanOptions,
  "x",
  "p",
  "y"
> = {
  name: "generalized-mean",
  contract: CONTRACT,
  summary: "the mean of powers of as many windows as asked for, and its root",
  category: "downstream",
  options: {
    p: {
      kind: "number",
      ...LIMITS,
      default: 3,
      help: "the initial value of the power that is learned",
    },
    perChannel: {
      kind: "boolean",
      default: false,
      help: "whether each channel learns a power of its own",
    },
    eps: {
      kind: "number",
      ...LIMITS,
      default: 1e-6,
      help: "what smaller elements are taken for",
    },
    ...adaptiveOptions,
  },
  inputs: ["x"],
  shape({ x }, options) {
    const plan = planOf(x, options);
    const { channels } = plan.planes;
    return outputShape(plan, { channels, flatten: options.flatten });
  },
  weights({ x }, options) {
    const { channels } = planOf(x, options).planes;
    return {
      p: {
        shape: [options.perChannel ? channels : 1],
        initial: options.p,
        ...LIMITS,
        help: "the power of elements",
      },
    };
  },
  forward(cx, { x }, options, weights) {
    const windows = adaptiveWindows(x.shape, options);
    const { channels } = windows;
    const scalars = { eps: options.eps };
    const product = productFor(cx, weights.p);
    const values: Record<string, Value> = { x };
    if (!product) {
      values.p = expand(cx, weights.p, { axis: 0, count: channels });
    }
    const bindings = { values, scalars };
    const { y } = cx.window(product ?? learned, bindings, windows);
    if (!options.flatten) return { y };
    return {
      y: cx.reshape(y, generalizedMean.shape({ x: x.shape }, options)),
    };
  },
};
