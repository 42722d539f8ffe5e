/**
 * Low-rank bilinear pooling as a module of its own, for registries.
 *
 * @module
 */
export { lowRankBilinear, lowRankBilinear as default } from "./src/low_rank.ts";
export type { LowRankOptions } from "./src/low_rank_options.ts";
export type { LowRankWeight } from "./src/low_rank_weights.ts";
export type { FeatureOptions } from "./src/features.ts";
export type { Ssl2Options } from "./src/ssl2.ts";
