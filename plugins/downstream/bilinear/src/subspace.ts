import type { Context, Layout, Routine, Value } from "@rockpool/core";
import {
  concatKernel,
  constant,
  eigenKernel,
  expand,
  type Expression,
  matmulKernel,
  select,
  slide,
  transpose,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { slice } from "./slice.ts";

/** How the basis of a subspace is found and differentiated. */
export interface SubspaceOptions {
  /** The dimension of the subspace. */
  readonly k: number;
  /** Eigenvalues of at most this part of the greatest count as 0. */
  readonly rankTol: number;
  /** Whether turns of the basis within the subspace have a gradient. */
  readonly gradient: "full" | "subspace";
  /** Eigenvalues that differ by at most this part of the greatest are equal. */
  readonly gapTol: number;
  /** Channels before or after the locations. */
  readonly layout: Layout;
}

/** The part of the greatest element that the one which is positive has. */
const NEARLY = 1 - 2 ** -10;

/** −1 or 1, so that the first of the greatest elements is positive, or 0. */
const orientation: WindowKernel = windowKernel(
  "orientation",
  ["u"],
  ({ u, own, greatest, rankTol }, fold) => {
    // Elements of one size differ in their last digits from backend to backend.
    const least = fold.max(u.abs()).mul(NEARLY);
    const first = fold.argmax(select(u.abs().ge(least), 1, 0));
    const sign = select(fold.at(u, first).lt(0), -1, 1);
    return select(own.le(greatest.mul(rankTol)), 0, sign);
  },
  { planes: ["own", "greatest"], scalars: ["rankTol"] },
);

const oriented: WindowKernel = windowKernel(
  "oriented",
  ["u"],
  ({ u, factor }, fold) => fold.sum(u.mul(factor)),
  { planes: ["factor"] },
);

/** 1 / λc, or 0 where that counts as 0. */
function inverse(
  { own, greatest, rankTol }: Readonly<Record<string, Expression>>,
): Expression {
  return select(
    own.gt(greatest.mul(rankTol)),
    constant(1).div(own),
    0,
  );
}

/**
 * Hac (1 / (λc − λa) − 1 / λc) for each eigenvector a and kept one c; without
 * the first part for those a that do not count, since they are kept as well.
 */
const turns: WindowKernel = windowKernel(
  "turns",
  ["h", "other"],
  (leaves, fold) => {
    const { h, other, own, greatest, gapTol, rankTol, first } = leaves;
    const gap = own.sub(other);
    const differs = gap.abs().gt(greatest.mul(gapTol));
    // Windows are of one element, whose place is the number of a.
    const counts = fold.argmax(h).asNumber().ge(first)
      .or(other.le(greatest.mul(rankTol)));
    const turn = select(differs.and(counts), constant(1).div(gap), 0);
    return fold.sum(h.mul(turn.sub(inverse(leaves))));
  },
  {
    planes: ["own", "greatest"],
    scalars: ["gapTol", "rankTol", "first"],
  },
);

/** What the eigenvectors span and what they do not: t + g / λc. */
const withRest: WindowKernel = windowKernel(
  "with-rest",
  ["t", "g"],
  (leaves, fold) => fold.sum(leaves.t.add(leaves.g.mul(inverse(leaves)))),
  { planes: ["own", "greatest"], scalars: ["rankTol"] },
);

/**
 * An orthonormal basis of the subspace that features vary in most, `[N, C, k]`:
 * the leading eigenvectors of X Xᵀ, with the signs that make the greatest
 * element of each positive.
 */
export function leadingBasis(
  cx: Context,
  x: Value,
  options: SubspaceOptions,
): Value {
  return cx.routine(routineOf(options), [x]);
}

function routineOf(options: SubspaceOptions): Routine {
  const { k, rankTol, gapTol, gradient, layout } = options;

  /** A number for each column: its eigenvalue, and the greatest one. */
  const perColumn = (cx: Context, values: Value) => ({
    own: slice(cx, values, { axis: 1, start: 0, count: k }),
    greatest: expand(cx, slice(cx, values, { axis: 1, start: 0, count: 1 }), {
      axis: 1,
      count: k,
    }),
  });
  const each = (x: Value) =>
    slide(x.shape, { kernelSize: [1], layout: "NHWC" });

  return {
    name: "leading-basis",
    forward(cx, [x]) {
      const { values, vectors } = cx.eigen(
        layout === "NCHW" ? x : transpose(cx, x),
        eigenKernel,
      );
      const u = slice(cx, vectors, { axis: 2, start: 0, count: k });
      const [items, channels] = u.shape;
      const signs = cx.window(
        orientation,
        { values: { u, ...perColumn(cx, values) }, scalars: { rankTol } },
        slide(u.shape, { kernelSize: [channels], layout: "NHWC" }),
      ).y;
      const factor = cx.reshape(signs, [items, k]);
      const { y } = cx.window(oriented, { values: { u, factor } }, each(u));
      return { y, kept: [values, vectors] };
    },
    backward(cx, { inputs: [x], y: u, kept: [values, vectors], gradient: g }) {
      const [items, rank] = values.shape;
      const columns = perColumn(cx, values);
      const h = cx.matmul([vectors, g], matmulKernel, { transposeA: true });
      const other = expand(cx, cx.reshape(values, [items, rank, 1]), {
        axis: 2,
        count: k,
      });
      const first = gradient === "full" ? 0 : k;
      const turned = cx.window(turns, {
        values: { h, other, ...columns },
        scalars: { gapTol, rankTol, first },
      }, each(h)).y;
      const t = cx.window(withRest, {
        values: {
          t: cx.matmul([vectors, turned], matmulKernel),
          g,
          ...columns,
        },
        scalars: { rankTol },
      }, each(g)).y;
      // (T Uᵀ + U Tᵀ) X
      const both = cx.concat([t, u], concatKernel, 2);
      if (layout === "NHWC") {
        const across = cx.concat(
          [
            cx.matmul([x, u], matmulKernel),
            cx.matmul([x, t], matmulKernel),
          ],
          concatKernel,
          2,
        );
        return [cx.matmul([across, both], matmulKernel, { transposeB: true })];
      }
      const along = (basis: Value) =>
        cx.matmul([basis, x], matmulKernel, { transposeA: true });
      return [
        cx.matmul(
          [both, cx.concat([along(u), along(t)], concatKernel, 1)],
          matmulKernel,
        ),
      ];
    },
  };
}
