/**
 * Max pooling, with the winners' positions, and its inverse.
 *
 * @module
 */
export { max, max as default, type MaxOptions } from "./src/max.ts";
export { maxUnpool, type MaxUnpoolOptions } from "./src/unpool.ts";
