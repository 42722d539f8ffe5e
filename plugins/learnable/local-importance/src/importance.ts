import {
  detach,
  type Expression,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** The largest finite number of float32. */
const GREATEST = (2 - 2 ** -23) * 2 ** 127;

const isInfinite = (x: Expression) => x.abs().gt(GREATEST);

/** Between these, exponentials of logits are near enough to 1 without a shift. */
const LEAST = -87;
const NEAR = 32;

/**
 * Σ w x / Σ w with w = exp(l − m) and m = max l, or with w = exp(l) where no
 * logit is large or small: then nothing waits for the maximum.
 */
export const importance: WindowKernel = windowKernel(
  "local-importance",
  ["x", "logit"],
  ({ x, logit }, fold) => {
    const greatest = fold.max(logit);
    const isNear = greatest.le(NEAR).and(fold.min(logit).ge(LEAST)).likely();
    const near = logit.max(LEAST).min(NEAR).exp();
    // ∞ − ∞ is no number, and neither is 0 · ∞.
    const far = select(logit.eq(greatest), 0, logit.sub(greatest)).exp();
    const isSkipped = far.eq(0).and(x.isNaN().not());
    const unlessSkipped = (value: Expression) =>
      select(isNear, value, select(isSkipped, 0, value));
    const weight = select(isNear, near, far);
    const total = fold.sum(weight);
    const y = fold.sum(unlessSkipped(weight.mul(x))).div(total);

    // dy/dx = w̄ and dy/dl = w̄ (x − y), but 0 where y is infinite. The rules
    // for w x and Σ w would form ∞ − ∞ there.
    const share = weight.div(total);
    const slope = select(
      isInfinite(y),
      0,
      unlessSkipped(share.mul(x.sub(y))),
    );
    const tangent = detach(share).mul(x).add(detach(slope).mul(logit));
    return withGradientOf(y, fold.sum(tangent));
  },
);
