/**
 * Max unpooling as a module of its own, for registries.
 *
 * @module
 */
export {
  maxUnpool,
  maxUnpool as default,
  type MaxUnpoolOptions,
} from "./src/unpool.ts";
