/**
 * Bilinear pooling: second-order statistics of features as one vector, whole or
 * compact, scores of classes without them, and the subspace that features lie
 * in.
 *
 * @module
 */
export {
  bilinear,
  bilinear as default,
  type BilinearOptions,
} from "./src/bilinear.ts";
export type { FeatureOptions, PairOptions } from "./src/features.ts";
export type { Ssl2Options } from "./src/ssl2.ts";
