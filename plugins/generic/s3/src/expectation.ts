import { type Context, sizeOf, type Value } from "@rockpool/core";
import { type SparseRows, sparseSamples } from "@rockpool/kernel";
import type { AxisPlan, Grid, Plan } from "./plan.ts";

/** Above 0 in float32, so that no part of what is infinite is not a number. */
const LEAST_SHARE = 2 ** -126;

/**
 * The mean of all samples of z: P z along each axis, where P holds the
 * probability of each position to be each pick.
 */
export function expectation(
  cx: Context,
  z: Value,
  { planes: { layout, batched }, axes }: Plan,
): Value {
  const first = Number(batched) + Number(layout === "NCHW");
  return axes.reduce((x, axis, a) => alongAxis(cx, x, axis, first + a), z);
}

/** P x along an axis of a tensor, the one `at` in its shape. */
function alongAxis(
  cx: Context,
  x: Value,
  axis: AxisPlan,
  at: number,
): Value {
  const shape = [
    sizeOf(x.shape.slice(0, at)),
    axis.positions,
    sizeOf(x.shape.slice(at + 1)),
  ];
  const samples = sparseSamples(shape, {
    rows: pickRows(axis),
    outputSize: [axis.picks],
    layout: "NHWC",
  });
  const y = cx.sample(cx.reshape(x, shape), samples);
  const outputShape = x.shape.map((n, i) => i === at ? axis.picks : n);
  return cx.reshape(y, outputShape);
}

/** P of an axis: a row for each pick, with the positions that it can be. */
export function pickRows({ grids }: AxisPlan): SparseRows {
  const offsets = [0];
  const entries: number[] = [];
  const weights: number[] = [];
  for (const grid of grids) {
    for (let k = 0; k < grid.picks; k++) {
      const shares = pickProbabilities(grid, k);
      for (let r = k; r <= grid.positions - grid.picks + k; r++) {
        entries.push(grid.start + r);
        weights.push(Math.max(shares[r], LEAST_SHARE));
      }
      offsets.push(entries.length);
    }
  }
  return {
    offsets: Int32Array.from(offsets),
    entries: Int32Array.from(entries),
    weights: Float32Array.from(weights),
  };
}

/**
 * How likely each position r of a grid of m is the k-th smallest of n picks:
 * C(r, k) C(m − 1 − r, n − 1 − k) / C(m, n).
 *
 * Binomials of a few hundred leave the range of numbers; the ratio of
 * neighbours does not. From the likeliest position on they only shrink.
 */
export function pickProbabilities(
  { positions: m, picks: n }: Pick<Grid, "positions" | "picks">,
  k: number,
): Float64Array {
  const last = m - n + k;
  const ratio = (r: number) =>
    ((r + 1) * (last - r)) / ((r + 1 - k) * (m - 1 - r));
  let likeliest = k;
  while (likeliest < last && ratio(likeliest) > 1) likeliest += 1;
  const shares = new Float64Array(m);
  shares[likeliest] = 1;
  for (let r = likeliest; r < last; r++) shares[r + 1] = shares[r] * ratio(r);
  for (let r = likeliest; r > k; r--) shares[r - 1] = shares[r] / ratio(r - 1);
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}
