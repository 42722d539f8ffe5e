import {
  type AnyPoolingOp,
  formatShape,
  type Shape,
  type Tensor,
} from "@rockpool/core";
import { roi } from "@rockpool/roi";
import { roiAlign } from "@rockpool/roi/align";
import type { NodePlan } from "./plan.ts";
import type { WindowedNode } from "./plan_windows.ts";
import { roiAlignMax } from "./roi_align_max.ts";
import { floatsOf, integersOf, type OnnxTensor } from "./tensors.ts";

/** Plans MaxRoiPool over an input and its regions. */
export function planMaxRoiPool(
  { label, attributes }: WindowedNode,
  shape: Shape,
  rois: OnnxTensor,
): NodePlan {
  checkImage(label, shape);
  const pooled = attributes.pooled_shape as readonly number[];
  if (pooled.length !== 2) {
    throw new TypeError(
      `Cannot run ${label}: its attribute pooled_shape is [${pooled}], 2 entries are needed`,
    );
  }
  return {
    op: roi as unknown as AnyPoolingOp,
    options: {
      rois: floatsOf(rois, { node: label, input: "rois" }),
      outputSize: pooled,
      spatialScale: attributes.spatial_scale,
      axes: 2,
    },
    inputs: {},
  };
}

/** Plans RoiAlign over an input, its regions and their items. */
export function planRoiAlign(
  { label, attributes }: WindowedNode,
  shape: Shape,
  { rois, items, opset }: {
    readonly rois: OnnxTensor;
    readonly items: OnnxTensor;
    readonly opset: number;
  },
): NodePlan {
  checkImage(label, shape);
  const byDefault = opset < 16 ? "output_half_pixel" : "half_pixel";
  const { coordinate_transformation_mode: coordinates = byDefault } =
    attributes;
  const op = attributes.mode === "max" ? roiAlignMax : roiAlign;
  return {
    op: op as unknown as AnyPoolingOp,
    options: {
      rois: regionsOf(label, rois, items),
      outputSize: [attributes.output_height, attributes.output_width],
      samplingRatio: attributes.sampling_ratio,
      spatialScale: attributes.spatial_scale,
      aligned: coordinates === "half_pixel",
      axes: 2,
    },
    inputs: {},
  };
}

function checkImage(node: string, shape: Shape): void {
  if (shape.length === 4) return;
  throw new TypeError(
    `Cannot run ${node} on an input of shape ${
      formatShape(shape)
    }: rank 4 is needed`,
  );
}

/** Corners and the item of each region as one tensor. */
function regionsOf(
  node: string,
  rois: OnnxTensor,
  items: OnnxTensor,
): Tensor<Float32Array> {
  const corners = floatsOf(rois, { node, input: "rois" });
  const sources = integersOf(items, { node, input: "batch_indices" });
  const [count, columns] = corners.shape;
  if (corners.shape.length !== 2 || columns !== 4) {
    throw new RangeError(
      `Cannot run ${node}: its input rois has shape ${
        formatShape(corners.shape)
      }, rows of 4 numbers are needed`,
    );
  }
  if (sources.length !== count) {
    throw new RangeError(
      `Cannot run ${node}: its input batch_indices has ${sources.length} entries, ${count} are needed, one for each of the rois`,
    );
  }
  const data = new Float32Array(5 * count);
  for (let region = 0; region < count; region++) {
    data[5 * region] = sources[region];
    data.set(
      corners.data.subarray(4 * region, 4 * region + 4),
      5 * region + 1,
    );
  }
  return { shape: [count, 5], data };
}
