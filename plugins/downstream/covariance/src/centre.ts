import type { Context, Value } from "@rockpool/core";
import {
  constant,
  detach,
  select,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { eachElement, eachRow } from "./matrices.ts";

/** What is added to the length of a channel. */
const NORM_EPS = 1e-12;

const inverseLength: WindowKernel = windowKernel(
  "inverse-length",
  ["x"],
  ({ x }, fold) => {
    // Of numbers up to 1, squares neither overflow nor vanish.
    const greatest = detach(fold.max(x.abs()));
    const isZero = greatest.eq(0);
    const scaled = x.div(select(isZero, 1, greatest));
    const square = fold.sum(scaled.mul(scaled));
    const length = greatest.mul(select(isZero, 1, square).sqrt());
    return select(isZero, 0, constant(1).div(length.add(NORM_EPS)));
  },
);

const multiply: WindowKernel = windowKernel(
  "multiply-planes",
  ["x"],
  ({ x, factor }, fold) => fold.sum(x.mul(factor)),
  { planes: ["factor"] },
);

const mean: WindowKernel = windowKernel("mean-in-two", ["x"], ({ x }, fold) => {
  // Relative to one of them, the mean of equal numbers is that number exactly,
  // and what a long sum loses is found in the mean of what is left.
  const least = detach(fold.min(x));
  const near = detach(least.add(fold.mean(x.sub(least))));
  return { near, rest: fold.mean(x.sub(near)) };
});

const excess: WindowKernel = windowKernel(
  "excess-over-mean",
  ["x"],
  ({ x, near, rest, scale }, fold) =>
    fold.sum(x.sub(detach(near)).sub(rest).mul(scale)),
  { scalars: ["scale"], planes: ["near", "rest"] },
);

/**
 * Each channel divided by its length and a trifle, `[N, D, M]`; zeros stay
 * zeros, without a gradient.
 */
export function normalizeChannels(cx: Context, x: Value): Value {
  const [items, channels] = x.shape;
  const lengths = cx.window(inverseLength, { values: { x } }, eachRow(x)).y;
  const factor = cx.reshape(lengths, [items, channels]);
  return cx.window(multiply, { values: { x, factor } }, eachElement(x)).y;
}

/**
 * Z with Z Zᵀ = C: each channel less its mean, over √m.
 *
 * Equal numbers give exact zeros.
 *
 * @param x `[N, D, M]`
 */
export function centre(cx: Context, x: Value, m: number): Value {
  const [items, channels] = x.shape;
  const found = cx.window(mean, { values: { x } }, eachRow(x));
  const near = cx.reshape(found.near, [items, channels]);
  const rest = cx.reshape(found.rest, [items, channels]);
  return cx.window(
    excess,
    { values: { x, near, rest }, scalars: { scale: 1 / Math.sqrt(m) } },
    eachElement(x),
  ).y;
}
