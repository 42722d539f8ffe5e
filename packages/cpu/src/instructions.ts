/** How an instruction is written in a module. */
export interface Instruction {
  /** Its opcode: a byte, or a prefix and a number. */
  readonly opcode: readonly number[];
  /** For one that addresses memory: the binary logarithm of its alignment. */
  readonly alignment?: number;
}

/** The prefixes of saturating and bulk, and of vector instructions. */
const [MISC, VECTOR] = [0xfc, 0xfd];

/**
 * Instructions in the order of their opcodes, from the first one on; a dash
 * stands for opcodes that no kernel needs.
 */
const TABLE: readonly (readonly [number[], string])[] = [
  [[0x00], "unreachable nop"],
  [[0x0f], "return"],
  [[0x1a], "drop select"],
  [[0x28], "i32.load i64.load f32.load f64.load"],
  [[0x36], "i32.store i64.store f32.store f64.store"],
  [[0x45], "i32. eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"],
  [[0x5b], "f32. eq ne lt gt le ge"],
  [[0x61], "f64. eq ne lt gt le ge"],
  [
    [0x67],
    "i32. clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr",
  ],
  [
    [0x8b],
    "f32. abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign",
  ],
  [
    [0x99],
    "f64. abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign",
  ],
  [[0xa7], "i32. wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"],
  [[0xb2], "f32. convert_i32_s convert_i32_u - - demote_f64"],
  [[0xb7], "f64. convert_i32_s convert_i32_u - - promote_f32"],
  [[0xbc], "i32.reinterpret_f32 - f32.reinterpret_i32"],
  [[MISC, 0x0a], "memory. copy fill"],
  [
    [VECTOR, 0x00],
    "v128. load - - - - - - - - load32_splat load64_splat store",
  ],
  [
    [VECTOR, 0x0d],
    "i8x16.shuffle i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat",
  ],
  [
    [VECTOR, 0x1b],
    "i32x4.extract_lane i32x4.replace_lane - - f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane",
  ],
  [[VECTOR, 0x37], "i32x4. eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"],
  [[VECTOR, 0x41], "f32x4. eq ne lt gt le ge"],
  [[VECTOR, 0x47], "f64x2. eq ne lt gt le ge"],
  [[VECTOR, 0x4d], "v128. not and andnot or xor bitselect any_true"],
  [
    [VECTOR, 0x56],
    "v128. load32_lane load64_lane - - store32_lane store64_lane load32_zero load64_zero",
  ],
  [[VECTOR, 0x5e], "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"],
  [[VECTOR, 0x67], "f32x4. ceil floor trunc nearest"],
  [[VECTOR, 0x74], "f64x2. ceil floor"],
  [
    [VECTOR, 0xa0],
    "i32x4. abs neg - all_true bitmask - - - - - - shl shr_s shr_u add - - sub - - - mul min_s min_u max_s max_u",
  ],
  [[VECTOR, 0xce], "i64x2. add - - sub - - - mul"],
  [
    [VECTOR, 0xdc],
    "i64x2. extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u",
  ],
  [
    [VECTOR, 0xe0],
    "f32x4. abs neg - sqrt add sub mul div min max pmin pmax",
  ],
  [
    [VECTOR, 0xec],
    "f64x2. abs neg - sqrt add sub mul div min max pmin pmax",
  ],
  [
    [VECTOR, 0xf8],
    "i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u - - f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u",
  ],
  [[VECTOR, 0x105], "f32x4.relaxed_madd f32x4.relaxed_nmadd"],
];

/** Every instruction without structure and without constants, by its name. */
export const INSTRUCTIONS: ReadonlyMap<string, Instruction> = new Map(
  TABLE.flatMap(([first, words]) => {
    const names = words.split(" ");
    const type = names[0].endsWith(".") ? names.shift()! : "";
    return names.map((name, index) => {
      const opcode = [...first.slice(0, -1), first.at(-1)! + index];
      return [type + name, { opcode, ...alignmentOf(type + name) }] as const;
    }).filter(([name]) => !name.endsWith("-"));
  }),
);

function alignmentOf(name: string): { alignment?: number } {
  const access = /^([a-z])(\d+)\..*(?:load|store)(\d*)/.exec(name);
  if (!access) return {};
  const [, , type, bits] = access;
  return { alignment: Math.log2(Number(bits || type) / 8) };
}
