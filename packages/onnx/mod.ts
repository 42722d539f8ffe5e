/**
 * Pooling nodes of ONNX as operators of Rockpool: attributes are read, windows
 * placed by ONNX's rules, and nodes run on any backend.
 *
 * @module
 */
export type {
  Attribute,
  AttributeMessage,
  PlainAttribute,
  WholeNumber,
} from "./src/attributes.ts";
export type { PoolingType } from "./src/operators.ts";
export type { IndexPlane, NodePlan } from "./src/plan.ts";
export type { UnpoolIndices } from "./src/plan_unpool.ts";
export {
  type NodeMessage,
  type NodeOptions,
  type PlainNode,
  type PoolingNode,
  poolingNode,
} from "./src/pooling_node.ts";
export { runNode } from "./src/run_node.ts";
export type { OnnxTensor } from "./src/tensors.ts";
