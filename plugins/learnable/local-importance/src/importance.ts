import {
  constant,
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

/**
 * Up to this magnitude, exponentials of logits need no shift, and a gradient may
 * be divided by their sum.
 */
const NEAR = 32;

/** A shift that changes no exponential, but is not 0. */
const TINY = 1e-30;

/**
 * Σ w x / Σ w with w = exp(l − m) and m = max l, or with w = exp(l) where no
 * logit is large or small: then nothing waits for the maximum.
 */
export const importance: WindowKernel = windowKernel(
  "local-importance",
  ["x", "logit"],
  ({ x, logit }, fold) => {
    const greatest = fold.max(logit);
    // The shift alone tells, so that gradients need to know nothing else.
    const shift = select(
      fold.max(logit.abs()).le(NEAR).likely(),
      0,
      select(greatest.eq(0), TINY, greatest),
    );
    const isNear = shift.eq(0).likely();
    const near = logit.max(-NEAR).min(NEAR).exp();
    // ∞ − ∞ is no number, and neither is 0 · ∞.
    const far = select(logit.eq(shift), 0, logit.sub(shift)).exp();
    const isSkipped = far.eq(0).and(x.isNaN().not());
    const unlessSkipped = (value: Expression) =>
      select(isNear, value, select(isSkipped, 0, value));
    const weight = select(isNear, near, far);
    const total = fold.sum(weight);
    const y = fold.sum(unlessSkipped(weight.mul(x))).div(total);

    // dy/dx = w̄ and dy/dl = w̄ (x − y), but 0 where y is infinite. The rules
    // for w x and Σ w would form ∞ − ∞ there.
    const distance = select(isInfinite(y), 0, unlessSkipped(x.sub(y)));
    const weighted = (value: Expression) => fold.sum(detach(weight).mul(value));
    const tangent = weighted(x).add(weighted(detach(distance).mul(logit)))
      .mul(detach(constant(1).div(total)));
    return withGradientOf(y, tangent);
  },
);
