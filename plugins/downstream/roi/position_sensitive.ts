/**
 * Position-sensitive pooling of regions of interest as a module of its own, for
 * registries.
 *
 * @module
 */
export {
  positionSensitiveRoi,
  positionSensitiveRoi as default,
  type PositionSensitiveRoiOptions,
} from "./src/position_sensitive_roi.ts";
export type { RegionsOptions } from "./src/options.ts";
