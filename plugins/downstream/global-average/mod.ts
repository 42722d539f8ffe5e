/**
 * Global and adaptive pooling: as many windows as asked for, whatever the size
 * of the input.
 *
 * @module
 */
export {
  globalAverage,
  globalAverage as default,
  type GlobalAverageOptions,
} from "./src/global_average.ts";
export {
  generalizedMean,
  type GeneralizedMeanOptions,
} from "./src/generalized_mean.ts";
export type { AdaptiveOptions, OutputSize } from "./src/adaptive.ts";
