import type { Mode } from "@rockpool/core";
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
import type { DetailPreservingOptions } from "./options.ts";
import { parameters } from "./parameters.ts";

/** What chooses a formula. */
export interface FormulaChoice extends
  Pick<
    DetailPreservingOptions,
    "variant" | "guide" | "normalize" | "parametrization"
  > {
  /** In training the guide and M are leaves, in inference the mean and M are not. */
  readonly mode: Mode;
}

type Leaves = Readonly<Record<string, Expression>>;

const made = new Map<string, WindowKernel>();

function once(words: readonly string[], make: (name: string) => WindowKernel) {
  const name = ["detail-preserving", ...words].join("-");
  let kernel = made.get(name);
  if (!kernel) made.set(name, kernel = make(name));
  return kernel;
}

/**
 * Σ w x / Σ w with w = α + (e / M)^(λ/2), by logarithms.
 *
 * For training `guide` and, if it is not 1, `divisor` (M) are given for each
 * window, and so have a gradient of their own: with theirs in one kernel, that
 * of x would bind more buffers than every GPU allows.
 */
export function pooling(choice: FormulaChoice): WindowKernel {
  const { variant, guide, normalize, parametrization, mode } = choice;
  const words = [variant, guide, normalize, parametrization, mode];
  const training = mode === "train";
  const windows: string[] = [];
  if (training || guide === "full") windows.push("guide");
  if (training && normalize !== "none") windows.push("divisor");
  return once(
    words,
    (name) =>
      windowKernel(name, ["x"], (leaves, fold) => {
        const { y, source, norm } = formula(choice, leaves, fold);
        if (!training) return y;
        return { y: withGradientOf(y, source), held: detach(y), norm };
      }, {
        channels: ["alpha", "lambda"],
        scalars: ["epsilonSquared", "limit"],
        windows,
      }),
  );
}

function formula(
  { variant, guide, normalize, parametrization }: FormulaChoice,
  leaves: Leaves,
  fold: Fold,
) {
  const { x } = leaves;
  const { logAlpha, alphaOver, lambda } = parameters[parametrization](leaves);
  const average = guide === "lite" && leaves.guide || meanOf(x, fold);
  const surroundings = leaves.guide ?? average;
  const energy = energyOf(variant, { ...leaves, guide: surroundings });
  const divisor = leaves.divisor ??
    (normalize === "none" ? undefined : divisorOf(normalize, energy, fold));

  // ρ = e^L with L = (λ/2) ln e − (λ/2) ln M.
  const half = lambda.mul(0.5);
  const offset = divisor ? half.mul(divisor.log()) : constant(0);
  const weightOver = (shift: Expression) =>
    alphaOver(shift).add(
      half.mul(energy.log()).sub(offset.add(shift)).exp(),
    );

  // Divided by e^shift, the greatest of its terms, no weight overflows.
  const greatest = orOne(fold.max(energy), fold);
  const shift = half.mul(greatest.log()).sub(offset).max(logAlpha);
  const weight = weightOver(shift);
  const total = orOne(fold.sum(weight), fold);
  // Relative to the mean, so that a constant window gives just its constant.
  const excess = fold.sum(weight.mul(x.sub(average)));
  // GPUs may take x − x for 0 and w / w for 1 where x and w are infinite.
  const finite = [average, surroundings]
    .map((value) => value.abs().lt(Infinity))
    .reduce((all, one) => all.and(one));
  const y = select(finite, average.add(excess.div(total)), NaN);

  // dy = Σ w dx / Σ w + Σ (x − y) dw / Σ w, with y and Σ w held.
  const norm = detach(shift.add(total.log()));
  const source = fold.sum(weightOver(norm).mul(x.sub(detach(y))));
  return { y, source, norm };
}

/** The mean of each window: the guide of `"lite"`. */
export const mean: WindowKernel = windowKernel(
  "detail-preserving-mean",
  ["x"],
  ({ x }, fold) => meanOf(x, fold),
);

/** M of each window. */
export function divisors(
  variant: FormulaChoice["variant"],
  normalize: "mean" | "sum",
): WindowKernel {
  return once(["divisor", variant, normalize], (name) =>
    windowKernel(
      name,
      ["x"],
      (leaves, fold) => divisorOf(normalize, energyOf(variant, leaves), fold),
      { scalars: ["epsilonSquared"], windows: ["guide"] },
    ));
}

function meanOf(x: Expression, fold: Fold): Expression {
  return fold.sum(x).div(orOne(fold.count(), fold));
}

/** e = δ² + ε². */
function energyOf(
  variant: FormulaChoice["variant"],
  { x, guide, epsilonSquared }: Leaves,
): Expression {
  const difference = x.sub(guide);
  const detail = variant === "sym" ? difference : difference.max(0);
  return detail.mul(detail).add(epsilonSquared);
}

function divisorOf(
  normalize: "mean" | "sum",
  energy: Expression,
  fold: Fold,
): Expression {
  return orOne(fold[normalize](energy), fold);
}

/** A value of a window; 1 for windows without elements, which dilation allows. */
function orOne(value: Expression, fold: Fold): Expression {
  return select(fold.count().eq(0), 1, value);
}
