import type { Context, Routine, RoutineCall, Value } from "@rockpool/core";
import {
  eigenKernel,
  expand,
  matmulKernel,
  type WindowKernel,
  windowKernel,
} from "@rockpool/kernel";
import { addDiagonal, eachElement, eachElementOfColumns } from "./matrices.ts";
import {
  type SpectralFunction,
  spectralFunctions,
} from "./spectral_functions.ts";

/** The kernels of a function of eigenvalues. */
interface Kernels {
  /** From each eigenvalue to what its eigenvector counts, and to κ. */
  readonly spectrum: WindowKernel;
  /** From H, of each two eigenvectors, to (K − κ) ∘ H. */
  readonly slopes: WindowKernel;
}

function kernelsOf(
  name: string,
  { rise, slope, slopeToZero }: SpectralFunction,
): Kernels {
  return {
    spectrum: windowKernel(
      `spectrum-${name}`,
      ["value"],
      ({ value, eps }, fold) => ({
        rise: fold.sum(rise(value, eps)),
        kappa: fold.sum(slopeToZero(value, eps)),
      }),
      { scalars: ["eps"] },
    ),
    slopes: windowKernel(
      `slopes-${name}`,
      ["h", "one"],
      ({ h, one, other, kappa, eps }, fold) => {
        const low = one.min(other).add(eps);
        const k = slope(low, one.sub(other).abs());
        return fold.sum(h.mul(k.sub(kappa)));
      },
      { scalars: ["eps"], planes: ["other", "kappa"] },
    ),
  };
}

const kernels = {
  log: kernelsOf("log", spectralFunctions.log),
  sqrt: kernelsOf("sqrt", spectralFunctions.sqrt),
};

const scaleColumns: WindowKernel = windowKernel(
  "scale-columns",
  ["x"],
  ({ x, factor }, fold) => fold.sum(x.mul(factor)),
  { planes: ["factor"] },
);

const addScaledColumns: WindowKernel = windowKernel(
  "add-scaled-columns",
  ["x", "y"],
  ({ x, y, factor }, fold) => fold.sum(x.add(y.mul(factor))),
  { planes: ["factor"] },
);

const add: WindowKernel = windowKernel(
  "add-matrices",
  ["x", "y"],
  ({ x, y }, fold) => fold.sum(x.add(y)),
);

/**
 * U f(Λ + ε) Uᵀ for Z Zᵀ = U Λ Uᵀ: `[N, D, M]` to `[N, D, D]`.
 *
 * The null space is never touched: F = f(ε) I + U (f(Λ + ε) − f(ε)) Uᵀ with
 * the R = min(D, M) eigenvectors that there are. For the gradient G of F let
 * S = (G + Gᵀ) / 2, H = Uᵀ S U, K the slopes of f between each two eigenvalues,
 * and κ those between each eigenvalue and 0. Then the gradient of Z is 2 T Uᵀ Z
 * with
 *
 *     T = U (K ∘ H) + (S U − U H) κ = U ((K − κ) ∘ H) + S U κ
 *
 * where κ belongs to columns. This is the formula of Daleckii and Krein, which
 * holds for equal eigenvalues too.
 */
export function spectral(
  cx: Context,
  z: Value,
  { normalization, eps }: {
    readonly normalization: "log" | "sqrt";
    readonly eps: number;
  },
): Value {
  const f = spectralFunctions[normalization];
  const { spectrum, slopes } = kernels[normalization];
  const spectrumOf = (cx: Context, values: Value) => {
    const [items, rank] = values.shape;
    const value = cx.reshape(values, [items, 1, rank]);
    const found = cx.window(
      spectrum,
      { values: { value }, scalars: { eps } },
      eachElement(value),
    );
    const flat = (of: Value) => cx.reshape(of, values.shape);
    return { rise: flat(found.rise), kappa: flat(found.kappa) };
  };
  const routine: Routine = {
    name: `covariance-${normalization}`,
    forward(cx, [z]) {
      const { values, vectors } = cx.eigen(z, eigenKernel);
      const scaled = cx.window(
        scaleColumns,
        { values: { x: vectors, factor: spectrumOf(cx, values).rise } },
        eachElementOfColumns(vectors),
      ).y;
      const y = cx.matmul([scaled, vectors], matmulKernel, {
        transposeB: true,
      });
      const diagonal = eps === 0 ? 0 : f.value(eps);
      const whole = diagonal === 0 ? y : addDiagonal(cx, y, { diagonal });
      return { y: whole, kept: [values, vectors] };
    },
    backward(
      cx,
      { inputs: [z], kept: [values, vectors], gradient }: RoutineCall,
    ) {
      const { kappa } = spectrumOf(cx, values);
      // All of this is doubled, as Z has twice the gradient of S.
      const su = sum(
        cx,
        cx.matmul([gradient, vectors], matmulKernel),
        cx.matmul([gradient, vectors], matmulKernel, { transposeA: true }),
      );
      const h = cx.matmul([vectors, su], matmulKernel, { transposeA: true });
      const [items, rank] = values.shape;
      const one = expand(cx, cx.reshape(values, [items, rank, 1]), {
        axis: 2,
        count: rank,
      });
      const inner = cx.window(
        slopes,
        { values: { h, one, other: values, kappa }, scalars: { eps } },
        eachElementOfColumns(h),
      ).y;
      const t = cx.window(
        addScaledColumns,
        {
          values: {
            x: cx.matmul([vectors, inner], matmulKernel),
            y: su,
            factor: kappa,
          },
        },
        eachElementOfColumns(su),
      ).y;
      return [
        cx.matmul([
          t,
          cx.matmul([vectors, z], matmulKernel, { transposeA: true }),
        ], matmulKernel),
      ];
    },
  };
  return cx.routine(routine, [z]);
}

function sum(cx: Context, x: Value, y: Value): Value {
  return cx.window(add, { values: { x, y } }, eachElement(x)).y;
}
