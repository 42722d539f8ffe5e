import type { OpcodeRow } from "./wat_fixed.ts";

/** Instructions on numbers of double precision. */
export const DOUBLES: readonly OpcodeRow[] = [
  [[0x2b], "f64.load"],
  [[0x39], "f64.store"],
  [[0x63], "f64. lt gt le ge"],
  [[0x99], "f64. abs neg - - - - sqrt add sub mul div - max copysign"],
  [[0xb6], "f32.demote_f64 f64.convert_i32_s"],
  [[0xfd, 0x0a], "v128.load64_splat"],
  [[0xfd, 0x14], "f64x2.splat"],
  [[0xfd, 0x21], "f64x2.extract_lane"],
  [[0xfd, 0x5f], "f64x2.promote_low_f32x4"],
  [[0xfd, 0xf0], "f64x2. add sub mul"],
];
