/**
 * Operators of Rockpool as ops and layers of TensorFlow.js, with gradients.
 *
 * @module
 */
export {
  poolOp,
  type TfCall,
  type TfOptions,
  type TfPool,
  type TfTensor,
} from "./src/pool_op.ts";
export type { PoolLayerConfig, TfLayerArgs } from "./src/layer_config.ts";
export {
  poolLayer,
  type PoolLayerClass,
  type TfLayer,
} from "./src/pool_layer.ts";
