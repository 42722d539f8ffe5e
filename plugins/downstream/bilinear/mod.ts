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
export { compactBilinear } from "./src/compact.ts";
export type { CompactOptions } from "./src/compact_options.ts";
export type { CompactWeight } from "./src/compact_tables.ts";
export { grassmann, type GrassmannOptions } from "./src/grassmann.ts";
export { lowRankBilinear } from "./src/low_rank.ts";
export type { LowRankOptions } from "./src/low_rank_options.ts";
export type { LowRankWeight } from "./src/low_rank_weights.ts";
export type { SubspaceOptions } from "./src/subspace.ts";
export type { FeatureOptions, PairOptions } from "./src/features.ts";
export type { Ssl2Options } from "./src/ssl2.ts";
