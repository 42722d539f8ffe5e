/**
 * Compact bilinear pooling as a module of its own, for registries.
 *
 * @module
 */
export { compactBilinear, compactBilinear as default } from "./src/compact.ts";
export type { CompactOptions } from "./src/compact_options.ts";
export type { CompactWeight } from "./src/compact_tables.ts";
export type { FeatureOptions, PairOptions } from "./src/features.ts";
export type { Ssl2Options } from "./src/ssl2.ts";
