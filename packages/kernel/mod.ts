/**
 * The compiler of Rockpool: the language of formulas over a window, their
 * gradients, the interpreter that defines what they mean, and the emitters of
 * WebAssembly and WGSL.
 *
 * @module
 */
export * from "./src/adjoint.ts";
export { concatKernel } from "./src/concat.ts";
export * from "./src/covering.ts";
export * from "./src/derive.ts";
export * from "./src/device.ts";
export * from "./src/draw_index.ts";
export * from "./src/elementary.ts";
export { eigenKernel } from "./src/eigen.ts";
export * from "./src/emit_wat.ts";
export * from "./src/emit_wgsl.ts";
export * from "./src/expand.ts";
export * from "./src/expression.ts";
export * from "./src/fold.ts";
export * from "./src/geometry.ts";
export * from "./src/interpret.ts";
export * from "./src/interpret_window.ts";
export * from "./src/interpreter.ts";
export * from "./src/jacobi.ts";
export { matmulKernel } from "./src/matmul.ts";
export * from "./src/normal.ts";
export { inOneColumn } from "./src/one_column.ts";
export * from "./src/operation.ts";
export { ownKernel } from "./src/own_kernel.ts";
export * from "./src/program.ts";
export * from "./src/rank.ts";
export * from "./src/recent.ts";
export * from "./src/regions.ts";
export * from "./src/remembered.ts";
export type { Runtime } from "./src/runtime.ts";
export { type SampleKernel, sampleKernel } from "./src/sample.ts";
export * from "./src/samples.ts";
export { scatterKernel } from "./src/scatter.ts";
export * from "./src/session.ts";
export * from "./src/slide.ts";
export * from "./src/sparse_samples.ts";
export * from "./src/tables.ts";
export * from "./src/threefry.ts";
export * from "./src/wat_buffers.ts";
export * from "./src/wat_eigen.ts";
export * from "./src/wat_eigen_run.ts";
export type { OpcodeRow, WatFixed } from "./src/wat_fixed.ts";
export type * from "./src/wat_machine.ts";
export * from "./src/wat_matmul.ts";
export * from "./src/wat_matmul_run.ts";
export * from "./src/wat_moves.ts";
export * from "./src/wat_moves_run.ts";
export * from "./src/wat_sums.ts";
export * from "./src/wat_sums_run.ts";
export { emitWatTranspose } from "./src/wat_transpose.ts";
export {
  transposeMatrices,
  type Transposition,
} from "./src/wat_transpose_run.ts";
export type { TransposedCall, Transposing } from "./src/wat_transposing.ts";
export { GUARD_BYTES } from "./src/wat_schedule.ts";
export {
  interiorOf,
  type WatAxis,
  type WatPlan,
  watPlan,
} from "./src/wat_plan.ts";
export { channelParts } from "./src/wat_channels_part.ts";
export {
  packFields,
  type WgslBinding,
  type WgslField,
  type WgslModule,
  WORKGROUP_SIZE,
} from "./src/wgsl_module.ts";
export * from "./src/wgsl_eigen.ts";
export * from "./src/wgsl_matmul.ts";
export * from "./src/wgsl_moves.ts";
export * from "./src/wgsl_rows.ts";
export type { AxisLetter, WgslAxis, WgslPlan } from "./src/wgsl_plan.ts";
export type { LaneSchedule, Width } from "./src/wgsl_lanes.ts";
export type { WgslSchedule } from "./src/wgsl_schedule.ts";
export type { TeamSchedule } from "./src/wgsl_team.ts";
export type { TileSchedule } from "./src/wgsl_tile.ts";
export * from "./src/wgsl_tables.ts";
export * from "./src/training.ts";
export * from "./src/transpose.ts";
export * from "./src/transpose_rows.ts";
export * from "./src/traverse.ts";
export * from "./src/triangle.ts";
export * from "./src/window_kernel.ts";
