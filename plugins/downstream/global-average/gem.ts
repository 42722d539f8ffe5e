/**
 * Generalised-mean pooling (GeM), for registries that load it alone.
 *
 * @module
 */
export {
  generalizedMean,
  generalizedMean as default,
  type GeneralizedMeanOptions,
} from "./src/generalized_mean.ts";
