/**
 * Grassmann pooling as a module of its own, for registries.
 *
 * @module
 */
export {
  grassmann,
  grassmann as default,
  type GrassmannOptions,
} from "./src/grassmann.ts";
export type { FeatureOptions } from "./src/features.ts";
export type { SubspaceOptions } from "./src/subspace.ts";
