import type { AnyPoolingOp, Shape } from "@rockpool/core";
import { globalAverage } from "@rockpool/global-average";
import { powerAverage } from "@rockpool/power-average";
import type { NodePlan } from "./plan.ts";
import type { WindowedNode } from "./plan_windows.ts";
import { spatialOf } from "./node_windows.ts";

/** Plans GlobalMaxPool and GlobalAveragePool over an input. */
export function planGlobal(
  { label }: WindowedNode,
  shape: Shape,
  mode: "avg" | "max",
): NodePlan {
  const axes = spatialOf(label, shape).length;
  return {
    op: globalAverage as unknown as AnyPoolingOp,
    options: { mode, axes },
    inputs: {},
  };
}

/** Plans GlobalLpPool over an input: one window for each plane. */
export function planGlobalLp(
  { label, attributes }: WindowedNode,
  shape: Shape,
): NodePlan {
  const kernelSize = spatialOf(label, shape);
  return {
    op: powerAverage as unknown as AnyPoolingOp,
    options: {
      kernelSize,
      axes: kernelSize.length,
      normType: attributes.p,
      signMode: "abs",
    },
    inputs: {},
  };
}
