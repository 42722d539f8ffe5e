/**
 * The contract of Rockpool: what a pooling operator is, what it may ask of the
 * place where it runs, and how both are found by name. It has no dependencies.
 *
 * @module
 */
export * from "./src/backend.ts";
export * from "./src/contract.ts";
export * from "./src/op.ts";
export * from "./src/options.ts";
export * from "./src/pool.ts";
export * from "./src/registry.ts";
export * from "./src/shape.ts";
export * from "./src/suggest.ts";
export * from "./src/value.ts";
