import { assemble } from "./assemble.ts";

/** Relaxed SIMD's multiply-add alone. */
const PROBE = `(module
  (func $madd (param $x v128) (result v128)
    (f32x4.relaxed_madd (local.get $x) (local.get $x) (local.get $x))))`;

/** Whether this runtime has relaxed SIMD, which adds products unrounded. */
export function canFuse(): boolean {
  return WebAssembly.validate(assemble(PROBE));
}
