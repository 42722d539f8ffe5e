import {
  constant,
  detach,
  type Expression,
  type Fold,
  select,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import type { DetailPreservingOptions } from "./options.ts";
import { parameters } from "./parameters.ts";

/** What chooses a formula. */
export type FormulaChoice = Pick<
  DetailPreservingOptions,
  "variant" | "guide" | "normalize" | "parametrization"
>;

type Leaves = Readonly<Record<string, Expression>>;

const made = new Map<string, WindowKernel>();

/** The kernel of a choice, made once. */
export function pooling(choice: FormulaChoice): WindowKernel {
  const { variant, guide, normalize, parametrization } = choice;
  const words = [variant, guide, normalize, parametrization];
  const name = ["detail-preserving", ...words].join("-");
  let kernel = made.get(name);
  if (!kernel) {
    kernel = windowKernel(
      name,
      ["x"],
      (leaves, fold) => formula(choice, leaves, fold),
      {
        channels: ["alpha", "lambda"],
        scalars: ["epsilonSquared", "limit"],
        windows: guide === "full" ? ["guide"] : [],
      },
    );
    made.set(name, kernel);
  }
  return kernel;
}

/** Σ w x / Σ w with w = α + (e / M)^(λ/2) and e = δ² + ε². */
function formula(
  { variant, guide, normalize, parametrization }: FormulaChoice,
  leaves: Leaves,
  fold: Fold,
): Expression {
  const { x, epsilonSquared } = leaves;
  const { logAlpha, alphaOver, lambda } = parameters[parametrization](leaves);
  // Windows without elements, which dilation allows, divide by 1.
  const isEmpty = fold.count().eq(0);
  const orOne = (value: Expression) => select(isEmpty, 1, value);
  const mean = (value: Expression) => fold.sum(value).div(orOne(fold.count()));

  const average = mean(x);
  const m = guide === "lite" ? average : leaves.guide;
  const difference = x.sub(m);
  const delta = variant === "sym" ? difference : difference.max(0);
  const e = delta.mul(delta).add(epsilonSquared);

  // ρ = exp(L) with L = λ/2 · ln(e / M), which grows with e.
  const logM = {
    none: constant(0),
    mean: orOne(mean(e)).log(),
    sum: orOne(fold.sum(e)).log(),
  }[normalize];
  const half = lambda.mul(0.5);
  const L = (e: Expression) => half.mul(e.log().sub(logM));

  // Neither the scale of weights nor where they are summed from changes y:
  // divided by the greatest, none overflows; from the mean, a constant window
  // gives just its constant.
  const c = detach(L(orOne(fold.max(e))).max(logAlpha));
  const m0 = detach(average);
  const w = alphaOver(c).add(L(e).sub(c).exp());
  const y = m0.add(fold.sum(w.mul(x.sub(m0))).div(orOne(fold.sum(w))));

  // GPUs may take x − x for 0 and w / w for 1 where x and w are infinite.
  const areFinite = average.abs().lt(Infinity).and(m.abs().lt(Infinity));
  return select(areFinite, y, NaN);
}
