import type { Context, OptionSpec, Value } from "@rockpool/core";
import {
  constant,
  detach,
  select,
  slide,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";

/** How bilinear features are normalised. */
export interface Ssl2Options {
  /** Whether each number is replaced by its root, with its sign. */
  readonly signedSqrt: boolean;
  /** Whether each item's vector is divided by its Euclidean norm. */
  readonly l2Norm: boolean;
  /** What is added inside the roots. */
  readonly eps: number;
  /** The same in their derivative, which would be infinite at 0. */
  readonly gradEps: number;
  /** What a smaller norm is taken for. */
  readonly normEps: number;
}

/** The rules for {@linkcode Ssl2Options}. */
export const ssl2Options: OptionSpec<Ssl2Options> = {
  signedSqrt: {
    kind: "boolean",
    default: true,
    help: "whether each number is replaced by its root, with its sign",
  },
  l2Norm: {
    kind: "boolean",
    default: true,
    help: "whether each item's vector is divided by its Euclidean norm",
  },
  eps: {
    kind: "number",
    min: 0,
    default: 0,
    help: "what is added to a number inside its root",
  },
  gradEps: {
    kind: "number",
    min: 0,
    default: 1e-8,
    help:
      "what is added, if more than eps, in the derivative of a root, which would be infinite at 0",
  },
  normEps: {
    kind: "number",
    above: 0,
    default: 1e-12,
    help: "what a smaller norm is taken for",
  },
};

/** sign(x) √(|x| + ε), and 0 for 0; its derivative has an ε of its own. */
const signedRoot: WindowKernel = windowKernel(
  "signed-root",
  ["x"],
  ({ x, eps, slopeEps }, fold) => {
    const root = x.abs().add(eps).sqrt().mul(x.sign());
    const radicand = x.abs().add(slopeEps);
    const slope = constant(0.5).div(radicand.sqrt());
    const finite = select(radicand.eq(0), 0, slope);
    return fold.sum(withGradientOf(root, x.mul(detach(finite))));
  },
  { scalars: ["eps", "slopeEps"] },
);

const squares: WindowKernel = windowKernel(
  "squares",
  ["x"],
  ({ x }, fold) => fold.sum(x.mul(x)),
);

/** √Σ, or `normEps` where that is greater, whose gradient is 0. */
const norm: WindowKernel = windowKernel(
  "norm",
  ["x"],
  ({ x, normEps }, fold) => {
    const sum = fold.sum(x);
    const root = sum.sqrt();
    const slope = constant(0.5).div(root.max(normEps));
    return select(
      root.le(normEps),
      normEps,
      withGradientOf(root, sum.mul(detach(slope))),
    );
  },
  { scalars: ["normEps"] },
);

const quotient: WindowKernel = windowKernel(
  "quotient",
  ["x"],
  ({ x, norm }, fold) => fold.sum(x.div(norm)),
  { planes: ["norm"] },
);

/** The signed square root of each number of a matrix per item, `[N, R, K]`. */
export function signedSqrt(
  cx: Context,
  x: Value,
  { eps, gradEps }: Pick<Ssl2Options, "eps" | "gradEps">,
): Value {
  const scalars = { eps, slopeEps: Math.max(eps, gradEps) };
  const each = slide(x.shape, { axes: 1, kernelSize: 1 });
  return cx.window(signedRoot, { values: { x }, scalars }, each).y;
}

/**
 * The signed square root of each number of a matrix per item, `[N, R, K]`, and
 * each item divided by its Euclidean norm.
 */
export function ssl2(cx: Context, x: Value, options: Ssl2Options): Value {
  const roots = options.signedSqrt ? signedSqrt(cx, x, options) : x;
  return options.l2Norm ? l2Normalized(cx, roots, options) : roots;
}

function l2Normalized(
  cx: Context,
  x: Value,
  { normEps }: Pick<Ssl2Options, "normEps">,
): Value {
  const [items, rows, columns] = x.shape;
  const plane = cx.reshape(x, [items, 1, rows, columns]);
  // In two steps, so that no sum is long: of √d runs of about √d numbers.
  const run = Math.min(columns, Math.ceil(Math.sqrt(rows * columns)));
  const runs = cx.window(
    squares,
    { values: { x: plane } },
    slide(plane.shape, { kernelSize: [1, run], ceilMode: true }),
  ).y;
  const whole = slide(runs.shape, { kernelSize: runs.shape.slice(2) });
  const total = cx.window(
    norm,
    { values: { x: runs }, scalars: { normEps } },
    whole,
  ).y;
  const bindings = {
    values: { x: plane, norm: cx.reshape(total, [items, 1]) },
  };
  const each = slide(plane.shape, { kernelSize: [1, 1] });
  return cx.reshape(cx.window(quotient, bindings, each).y, x.shape);
}
