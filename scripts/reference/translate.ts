import { type AnyPoolingOp, loadOperator } from "@rockpool/core";
import { builtins } from "@rockpool/rockpool";
import type { ReferenceCase } from "./cases.ts";

/** What a reference operator is here. */
interface Translation {
  /** Our operator's name. */
  readonly name: keyof typeof builtins;
  /** Our options for the case's parameters; the same names by default. */
  readonly options?: (
    params: ReferenceCase["params"],
    inputs: ReferenceCase["inputs"],
  ) => object;
}

/** Reference operators by their names; what stands not here is not built. */
const translations: Readonly<Record<string, Translation>> = {
  adaptive_avg_pool2d: { name: "global-average" },
  adaptive_max_pool2d: {
    name: "global-average",
    options: (params) => ({ ...params, mode: "max" }),
  },
  max_pool2d: { name: "max" },
  max_unpool2d: { name: "max-unpool" },
  avg_pool2d: { name: "average" },
  bilinear_pool2d: { name: "bilinear", options: pairOptions },
  compact_bilinear_pool2d: { name: "compact-bilinear", options: pairOptions },
  covariance_pool2d: { name: "covariance" },
  fractional_max_pool2d: { name: "fractional-max" },
  mixed_pool2d: { name: "mixed" },
  lp_pool2d: { name: "power-average" },
  ps_roi_pool: { name: "position-sensitive-roi" },
  roi_align: { name: "roi-align" },
  roi_pool: { name: "roi" },
  s3_pool2d: { name: "s3" },
  soft_pool2d: { name: "soft" },
  dpp2d: {
    name: "detail-preserving",
    // Its alpha and lambda are the effective ones.
    options: ({ normalize, ...rest }) => ({
      ...rest,
      normalize: normalize ? "mean" : "none",
      parametrization: "direct",
    }),
  },
  dynopool2d: {
    name: "dynamic-optimized",
    options: (params) => ({ ...params, delta: "learned" }),
  },
  lip2d: { name: "local-importance" },
  spatial_pyramid_pool2d: { name: "spatial-pyramid" },
  stochastic_pool2d: { name: "stochastic" },
};

/** The options of operators on x and y, or on x with itself. */
function pairOptions(
  { l2Normalize, ...rest }: ReferenceCase["params"],
  inputs: ReferenceCase["inputs"],
): object {
  return { ...rest, l2Norm: l2Normalize, homogeneous: !("y" in inputs) };
}

/** Our operator and options for a case; undefined where it is not built. */
export async function translate(
  { op, params, inputs, outputs }: ReferenceCase,
): Promise<{ op: AnyPoolingOp; options: object } | undefined> {
  const translation = translations[op];
  if (!translation) return undefined;
  const options = translation.options?.(params, inputs) ?? params;
  const returnIndices = "indices" in outputs ? { returnIndices: true } : {};
  return {
    op: await loadOperator(builtins, translation.name) as AnyPoolingOp,
    options: { ...options, ...returnIndices },
  };
}
