/**
 * Rank-based pooling: the mean of the greatest elements of each window, equal
 * or weighted by their ranks.
 *
 * @module
 */
import { CONTRACT, type PoolingOp } from "@rockpool/core";
import {
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
} from "@rockpool/kernel";

/** The options of {@linkcode rank}. */
export interface RankOptions extends SlideOptions {
  /** How many of the greatest elements count. */
  readonly top: number;
  /** Whether they count alike, or less the lower their rank. */
  readonly weighting: "equal" | "geometric";
  /** The weight of the greatest of all, where they are weighted by rank. */
  readonly alpha: number;
}

/**
 * The gradient reads the least element of each rank, a buffer each; WebGPU
 * promises eight for all that a kernel reads and writes.
 */
const MOST_RANKS = 5;

/** What the elements of the ranks below `count` weigh together, not yet one. */
type Share = (count: Expression, alpha: Expression) => Expression;

const shares: Readonly<Record<RankOptions["weighting"], Share>> = {
  equal: (count) => count,
  // α + α(1 − α) + α(1 − α)² + …
  geometric: (count, alpha) => alpha.neg().add(1).pow(count).neg().add(1),
};

/**
 * There is no sorting in a formula, but the greatest element below a number is
 * a fold. Equal elements are found together; how many there are says which
 * ranks they take, so that their weights are known, too.
 */
function rankMean(
  { x, alpha }: Readonly<Record<string, Expression>>,
  fold: Fold,
  { top, weighting }: Pick<RankOptions, "top" | "weighting">,
): Expression {
  const share = (count: Expression) => shares[weighting](count.min(top), alpha);
  const all = share(fold.count());
  let greatest = fold.max(x);
  let below = fold.sum(select(x.lt(detach(greatest)), 0, 1));
  // NaN is not less than anything: it takes all ranks at once.
  let sum = greatest.mul(share(below));
  for (let rank = 1; rank < top; rank++) {
    const last = detach(greatest);
    const next = fold.max(select(x.lt(last), x, -Infinity));
    const seen = fold.sum(select(x.lt(detach(next)), 0, 1));
    const weight = share(seen).sub(share(below));
    // Where no rank is left, the next may be −∞, and 0 · ∞ is no number.
    sum = sum.add(select(weight.gt(0), next.mul(weight), 0));
    greatest = next;
    below = seen;
  }
  return sum.div(all);
}

const made = new Map<string, WindowKernel>();

/** The kernel of a number of ranks and a weighting, made once. */
function kernelOf({ top, weighting }: RankOptions): WindowKernel {
  const name = `rank-${weighting}-${top}`;
  const kernel = made.get(name) ?? windowKernel(
    name,
    ["x"],
    (leaves, fold) => rankMean(leaves, fold, { top, weighting }),
    { scalars: ["alpha"] },
  );
  made.set(name, kernel);
  return kernel;
}

/**
 * Rank-based pooling: y = Σ p_r x_(r), where x_(r) is the r-th greatest element
 * of a window and the weights p of the first `top` ranks add up to 1.
 *
 * `equal` is rank-based average pooling (RAP), `geometric`, p_r ∝ α(1 − α)^(r−1),
 * rank-based weighted pooling (RWP). Of equal elements the first has the
 * gradient. NaN gives NaN, as does a window without elements.
 *
 * Shi, Ye and Wu, Rank-based pooling for deep convolutional neural networks,
 * Neural Networks 83 (2016).
 *
 * @example
 * ```ts
 * import { rank } from "@examples/rank";
 * import { interpreter } from "@rockpool/kernel";
 * import { assertEquals } from "@std/assert";
 *
 * using session = interpreter().session();
 * const x = session.upload({
 *   shape: [1, 1, 2, 2],
 *   data: Float32Array.of(1, 5, 3, 2),
 * });
 * const options = { kernelSize: 2, top: 2 };
 * const { y } = session.run(rank, { x }, { options });
 * assertEquals([...(await session.read(y)).data], [4]);
 * ```
 */
export const rank: PoolingOp<RankOptions, "x", never, "y"> = {
  name: "rank",
  contract: CONTRACT,
  summary: "the mean of the greatest elements of each window, by their ranks",
  category: "generic",
  options: {
    ...slideOptions,
    top: {
      kind: "integer",
      min: 1,
      max: MOST_RANKS,
      default: 2,
      help: "how many of the greatest elements count",
    },
    weighting: {
      kind: "choice",
      choices: ["equal", "geometric"],
      default: "equal",
      help: "whether they count alike, or less the lower their rank",
    },
    alpha: {
      kind: "number",
      min: 0.01,
      max: 0.99,
      default: 0.5,
      help: "the weight of the greatest of all, where weighting is geometric",
    },
  },
  inputs: ["x"],
  shape: ({ x }, options) => slideShape(x, options),
  forward(cx, { x }, options) {
    const { alpha } = options;
    const bindings = { values: { x }, scalars: { alpha } };
    const windows = slide(x.shape, options);
    return { y: cx.window(kernelOf(options), bindings, windows).y };
  },
};

export { rank as default };
