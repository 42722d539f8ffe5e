/**
 * RoIAlign as a module of its own, for registries.
 *
 * @module
 */
export {
  roiAlign,
  roiAlign as default,
  type RoiAlignOptions,
} from "./src/roi_align.ts";
export type { AlignOptions } from "./src/align_regions.ts";
export type { RegionsOptions } from "./src/options.ts";
