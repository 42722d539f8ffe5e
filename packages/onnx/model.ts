/**
 * Small models of ONNX as bytes, and back: for tests, benchmarks and tools that
 * look at the nodes of a model.
 *
 * @module
 */
export * from "./src/encode_model.ts";
export * from "./src/decode_model.ts";
