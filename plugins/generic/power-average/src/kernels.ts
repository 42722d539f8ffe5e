import {
  constant,
  detach,
  type Expression,
  type Fold,
  select,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/**
 * What a sum is divided by: nothing, the part of the padded window that is
 * there, or the number of elements.
 */
export type Divisor = "none" | "part" | "elements";

/** What the kernel of a finite power depends on besides it. */
export interface PowerForm {
  /** Whether signs count. */
  readonly signMode: "signed" | "abs";
  /** What a sum is divided by. */
  readonly divisor: Divisor;
}

/** Up to here integer powers are products. */
const LARGEST_PRODUCT = 8;

/** Divisors between these have normal reciprocals, which no GPU flushes to 0. */
const [SMALLEST_SCALE, LARGEST_SCALE] = [2 ** -126, 2 ** 126];

/** The limit p → ∞: the greatest magnitude, 0 of no elements. */
export const greatest: WindowKernel = windowKernel(
  "power-average-infinity",
  ["x"],
  ({ x }, fold) => fold.max(x.abs()).max(0),
);

/** A small integer p, or what kind of number the scalar p is. */
type Power = number | "whole" | "real";

const made = new Map<string, WindowKernel>();

/** The kernel of a finite power p, with the scalars p, root = 1/p and positions. */
export function powerKernel(p: number, form: PowerForm): WindowKernel {
  const whole = Number.isInteger(p);
  const integer = p <= LARGEST_PRODUCT ? p : "whole";
  const power: Power = whole ? integer : "real";
  // Even powers of numbers are those of their magnitudes.
  const signMode = p % 2 === 0 ? "abs" : form.signMode;
  const name = ["power-average", power, signMode, form.divisor].join("-");
  let kernel = made.get(name);
  if (!kernel) {
    kernel = windowKernel(
      name,
      ["x"],
      (leaves, fold) => powerMean(leaves, fold, { ...form, power, signMode }),
      { scalars: ["p", "root", "positions"] },
    );
    made.set(name, kernel);
  }
  return kernel;
}

/** (ρ Σ uᵖ)^(1/p) m, where u = x / m or |x| / m and m = max |x|. */
function powerMean(
  { x, p, root, positions }: Readonly<Record<string, Expression>>,
  fold: Fold,
  { power, signMode, divisor }: PowerForm & { readonly power: Power },
): Expression {
  // A negative u has odd powers only, so that uᵖ⁻¹ has no sign to keep.
  const lower = (u: Expression) =>
    typeof power === "number" ? product(u, power - 1) : u.abs().pow(p.sub(1));
  const raise = (u: Expression) =>
    power === "real" ? u.pow(p) : lower(u).mul(u);
  const ratio = {
    none: constant(1),
    part: positions.div(fold.count("padded")),
    elements: constant(1).div(fold.count().max(1)),
  }[divisor];

  const largest = fold.max(x.abs());
  const scale = power === 1
    ? constant(1)
    : largest.max(SMALLEST_SCALE).min(LARGEST_SCALE);
  const u = (signMode === "abs" ? x.abs() : x).mul(constant(1).div(scale));

  // dy/dx = ρ c uᵖ⁻¹ / (y/m)ᵖ⁻¹: a part of the element and one of the window.
  let slope = lower(u);
  if (signMode === "abs") slope = slope.mul(signOf(x, power));
  // Below p = 1 the slope at 0 is infinite, and still must vanish with y.
  if (power === "real") slope = select(largest.eq(0), 0, slope);
  const sum = fold.sum(withGradientOf(raise(u), x.mul(detach(slope))));
  const mean = rootOf(sum.mul(ratio), { power, root });
  const share = select(mean.eq(0), 0, ratio.div(lower(mean)));
  return withGradientOf(mean.mul(scale), sum.mul(detach(share)));
}

/** The sign, which is 0 at 0 unless the slope there may be infinite. */
function signOf(x: Expression, power: Power): Expression {
  return power === "real" ? select(x.lt(0), -1, 1) : x.sign();
}

/** The p-th root, by square roots where these give it. */
function rootOf(
  sum: Expression,
  { power, root }: { readonly power: Power; readonly root: Expression },
): Expression {
  if (power === 1) return sum;
  if (power === 2) return sum.sqrt();
  if (power === 4) return sum.sqrt().sqrt();
  return sum.pow(root);
}

/** uⁿ by multiplication. */
function product(u: Expression, n: number): Expression {
  if (n === 0) return constant(1);
  if (n % 2 === 1) return product(u, n - 1).mul(u);
  const half = product(u, n / 2);
  return half.mul(half);
}
