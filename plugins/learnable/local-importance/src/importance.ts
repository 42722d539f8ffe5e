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

/** Σ w x / Σ w with w = exp(l − m) and m = max l. */
export const importance: WindowKernel = windowKernel(
  "local-importance",
  ["x", "logit"],
  ({ x, logit }, fold) => {
    const greatest = fold.max(logit);
    // ∞ − ∞ is no number, and neither is 0 · ∞.
    const weight = select(logit.eq(greatest), 0, logit.sub(greatest)).exp();
    const isSkipped = weight.eq(0).and(x.isNaN().not());
    const total = fold.sum(weight);
    const y = fold.sum(select(isSkipped, 0, weight.mul(x))).div(total);

    // dy/dx = w̄ and dy/dl = w̄ (x − y), but 0 where y is infinite. The rules
    // for w x and Σ w would form ∞ − ∞ there.
    const share = weight.div(total);
    const slope = select(
      isSkipped.or(isInfinite(y)),
      0,
      share.mul(x.sub(y)),
    );
    const tangent = detach(share).mul(x).add(detach(slope).mul(logit));
    return withGradientOf(y, fold.sum(tangent));
  },
);
