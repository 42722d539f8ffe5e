/**
 * Pooling of regions of interest: by the maximum of each part of a region, by
 * interpolated points, and with channels of their own for each part.
 *
 * @module
 */
export { roi, roi as default, type RoiOptions } from "./src/roi.ts";
export { roiAlign, type RoiAlignOptions } from "./src/roi_align.ts";
export type { AlignOptions } from "./src/align_regions.ts";
export {
  positionSensitiveRoi,
  type PositionSensitiveRoiOptions,
} from "./src/position_sensitive_roi.ts";
export { roisOfBoxes } from "./src/rois_of_boxes.ts";
export type { RegionsOptions } from "./src/options.ts";
