import { type Context, sizeOf, type Value } from "@rockpool/core";
import {
  detach,
  type Expression,
  matmulKernel,
  select,
  slide,
  tables,
  type WindowKernel,
  windowKernel,
  withGradientOf,
} from "@rockpool/kernel";
import type { AxisPlan, Grid, Plan } from "./plan.ts";

/** The greatest finite number of float32. */
const GREATEST = 2 ** 128 - 2 ** 104;

const finite = (x: Expression) => x.abs().le(GREATEST);

const finitePart: WindowKernel = windowKernel(
  "s3-finite",
  ["x"],
  ({ x }, fold) => fold.sum(withGradientOf(select(finite(x), x, 0), x)),
);

/** What is not finite counts whole: any part of it is the same. */
const addInfinities: WindowKernel = windowKernel(
  "s3-expectation",
  ["x"],
  ({ x, product }, fold) =>
    detach(fold.sum(select(finite(x), 0, x))).add(product),
  { windows: ["product"] },
);

/**
 * The mean of all samples of z: P z along each axis, where P holds the
 * probability of each position to be each pick.
 */
export function expectation(cx: Context, z: Value, plan: Plan): Value {
  return plan.axes.reduce((x, _, a) => alongAxis(cx, x, plan, a), z);
}

function alongAxis(cx: Context, x: Value, plan: Plan, a: number): Value {
  const { layout, axes: count, batched } = plan.planes;
  const axis = plan.axes[a];
  const at = a + Number(batched) + Number(layout === "NCHW");
  const finiteX = cx.window(
    finitePart,
    { values: { x } },
    slide(x.shape, {
      kernelSize: 1,
      layout,
      axes: count,
    }),
  ).y;
  const product = multiply(cx, finiteX, axis, at);
  // Products with a probability of 0 are no part of the sum.
  const reach = plan.axes.map((_, other) =>
    other === a ? support(axis) : each(x.shape[at - a + other])
  );
  const windows = tables(x.shape, { tables: reach, layout });
  return cx.window(addInfinities, { values: { x, product } }, windows).y;
}

/** P x along an axis of a tensor, the one `at` in its shape. */
function multiply(
  cx: Context,
  x: Value,
  axis: AxisPlan,
  at: number,
): Value {
  const matrix = cx.constant({
    shape: [axis.picks, axis.positions],
    data: pickMatrix(axis),
  });
  const outer = sizeOf(x.shape.slice(0, at));
  const inner = sizeOf(x.shape.slice(at + 1));
  const product = inner === 1
    ? cx.matmul(
      [cx.reshape(x, [outer, axis.positions]), matrix],
      matmulKernel,
      { transposeB: true },
    )
    : cx.matmul(
      [matrix, cx.reshape(x, [outer, axis.positions, inner])],
      matmulKernel,
    );
  const shape = x.shape.map((length, i) => i === at ? axis.picks : length);
  return cx.reshape(product, shape);
}

/** P of an axis: a row for each pick, a column for each position. */
export function pickMatrix(
  { grids, picks, positions }: AxisPlan,
): Float32Array {
  const matrix = new Float32Array(picks * positions);
  let row = 0;
  for (const grid of grids) {
    for (let k = 0; k < grid.picks; k++) {
      matrix.set(pickProbabilities(grid, k), row * positions + grid.start);
      row += 1;
    }
  }
  return matrix;
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

/** The positions that each pick can be, as windows. */
function support({ grids }: AxisPlan) {
  const starts: number[] = [];
  const counts: number[] = [];
  for (const { start, positions, picks } of grids) {
    for (let k = 0; k < picks; k++) {
      starts.push(start + k);
      counts.push(positions - picks + 1);
    }
  }
  return { starts, counts };
}

function each(length: number) {
  return {
    starts: Array.from({ length }, (_, i) => i),
    counts: new Int32Array(length).fill(1),
  };
}
